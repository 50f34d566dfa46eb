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
/** Never shown, never logged. */
export const secret = text.transform((value) => new Secret(value));
/** A permission mode. */
export const permissions = (value: PermissionMode) => z.enum(permissionModes).default(value);
/** A harness by name. */
export const harness = z.enum(harnesses).default("runner");
/** Words separated by commas. */
export const list = (value: string) => z.string().default(value).transform(wordsOf);

function wordsOf(value: string): readonly string[] {
  return value
    .split(",")
    .map((word) => word.trim())
    .filter((word) => word !== "");
}
