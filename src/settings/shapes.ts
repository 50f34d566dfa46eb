import { z } from "zod";
import { harnesses, type PermissionMode, permissionModes } from "../domain/profile.ts";
import { Secret } from "../lib/secret.ts";

// What the value of a variable can be. Every shape with a number has bounds.

/** Words that are not empty. */
export const text = z.string().trim().min(1);
/** A whole number from 1. */
export const count = (value: number, max: number) =>
  z.coerce.number().int().min(1).max(max).default(value);
const dayMs = 86_400_000;
/** A pause, which may be none. */
export const pauseMs = (value: number) => z.coerce.number().int().min(0).max(dayMs).default(value);
/** A limit or a beat: none at all would be a busy loop or a refusal of everything. */
export const ms = (value: number) => z.coerce.number().int().min(50).max(dayMs).default(value);
// What a message about a mistake must not show: secrets, and what may hold some.
const hushedShapes = new WeakSet<z.core.$ZodType>();
export const isHushed = (shape: z.core.$ZodType): boolean => hushedShapes.has(shape);
export function hushed<Shape extends z.ZodType>(shape: Shape): Shape {
  hushedShapes.add(shape);
  return shape;
}

/** Never shown, never logged. */
export const secret = hushed(text.transform((value) => new Secret(value)));
/** A URL with a password in it. @param starts how it may begin */
export const secretUrl = (starts: readonly string[]) =>
  hushed(
    text
      .refine(
        (value) => starts.some((start) => value.startsWith(start)),
        `must start with ${starts.join(" or ")} (what was given is not shown: it may hold a password)`,
      )
      .transform((value) => new Secret(value)),
  );
/** A permission mode. */
export const permissions = (value: PermissionMode) => z.enum(permissionModes).default(value);
/** A harness by name. */
export const harness = z.enum(harnesses).default("runner");
/** Words separated by commas. */
export const list = (value: string) => z.string().default(value).transform(wordsOf);

function wordsOf(value: string, context: z.RefinementCtx): readonly string[] {
  const words = value
    .split(",")
    .map((word) => word.trim())
    .filter((word) => word !== "");
  if (words.length === 0 && value !== "")
    context.addIssue("holds commas and no name; leave it out for the default");
  return words;
}
