import { z } from "zod";
import { nearestName } from "../domain/nearest-name.ts";
import { redactShapes } from "../lib/redact.ts";
import { isHushed } from "./shapes.ts";

const longestShown = 80;

/** A value as a message may show it: on one line, not too long, without a password. */
export function shown(value: string): string {
  const text = JSON.stringify(redactShapes(value.trim()));
  return text.length > longestShown ? `${text.slice(0, longestShown)}…"` : text;
}

/** What is wrong with the value of a variable: what was given, unless it is secret, and what may be. */
export function sayMistake(
  schema: z.ZodType,
  issue: z.core.$ZodIssue,
  given: string | undefined,
): string {
  const inner = innermost(schema);
  if (given === undefined || isHushed(inner)) return issue.message;
  const number = inner instanceof z.ZodNumber ? numberIn(inner) : null;
  if (number !== null) return `${shown(given)} is not ${number}`;
  if (issue.code === "invalid_value" && issue.values.length > 1)
    return notAmong(wordAt(issue.path[1], given), issue.values.map(String));
  if (issue.code === "invalid_format" && issue.format === "url")
    return `${shown(given)} is not a URL that starts with http:// or https://`;
  // What a refinement says may name the part that is wrong by itself.
  return issue.message.includes(given.trim())
    ? issue.message
    : `${issue.message} (given: ${shown(given)})`;
}

/** `"frist" is none of first, ask, auto; did you mean first?` */
export function notAmong(given: string, names: readonly string[]): string {
  const meant = nearestName(given.trim().toLowerCase(), names);
  const guess = meant === null ? "" : `; did you mean ${meant}?`;
  return `${shown(given)} is none of ${names.join(", ")}${guess}`;
}

/** The word of a list that the mistake is in; a whole value has no place. */
function wordAt(place: PropertyKey | undefined, given: string): string {
  return typeof place === "number" ? (given.split(",").filter(isWord)[place] ?? given) : given;
}

function isWord(word: string): boolean {
  return word.trim() !== "";
}

function numberIn({ minValue, maxValue, isInt }: z.ZodNumber): string {
  const what = isInt ? "a whole number" : "a number";
  const isOpen = maxValue === null || maxValue >= Number.MAX_SAFE_INTEGER;
  return isOpen ? `${what} from ${minValue} on` : `${what} from ${minValue} to ${maxValue}`;
}

function innermost(schema: z.ZodType): z.core.$ZodType {
  let now: z.core.$ZodType = schema;
  while (now instanceof z.ZodOptional || now instanceof z.ZodDefault) now = now.def.innerType;
  return now;
}
