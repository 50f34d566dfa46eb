import { z } from "zod";

/** A text that must occur, or a regular expression that must match. */
export type Pattern = string | RegExp;

const slashed = /^\/(.+)\/([imsu]*)$/s;

/** A regular expression, written bare or as `/…/flags` (flags i, m, s, u). */
export const regexSchema = z.string().min(1).transform(toRegex);

/** Plain text, or a regular expression when written as `/…/flags`. */
export const patternSchema = z
  .string()
  .min(1)
  .transform((text, context): Pattern => (slashed.test(text) ? toRegex(text, context) : text));

/** Tells whether a pattern occurs in a text. */
export function occursIn(pattern: Pattern, text: string): boolean {
  return typeof pattern === "string" ? text.includes(pattern) : pattern.test(text);
}

/** The names of a regular expression's named groups; none for plain text. */
export function groupNames(pattern: Pattern): readonly string[] {
  if (typeof pattern === "string") return [];
  return [...pattern.source.matchAll(/\(\?<([A-Za-z_$][\w$]*)>/g)].flatMap(
    ([, name]) => name ?? [],
  );
}

/** What a pattern's named groups caught; groups that took no part are left out. */
export function capturesOf(pattern: Pattern, text: string): Readonly<Record<string, string>> {
  if (typeof pattern === "string") return {};
  const groups: Record<string, string | undefined> = pattern.exec(text)?.groups ?? {};
  return Object.fromEntries(
    Object.entries(groups).flatMap(([name, caught]) =>
      caught === undefined ? [] : [[name, caught] as const],
    ),
  );
}

function toRegex(text: string, context: z.core.$RefinementCtx<string>): RegExp {
  const [, source, flags] = slashed.exec(text) ?? [];
  try {
    return new RegExp(source ?? text, flags);
  } catch (error) {
    const reason = error instanceof Error ? error.message : String(error);
    context.addIssue({ code: "custom", message: reason, input: text });
    return z.NEVER;
  }
}
