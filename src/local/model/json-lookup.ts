// Reading values out of JSON that a script did not write: tool results, mostly.

/** A JSON value as `JSON.parse` returns it. */
export type Json =
  | string
  | number
  | boolean
  | null
  | readonly Json[]
  | { readonly [key: string]: Json };

/**
 * Follows a dotted path: keys, list indexes (negative from the end) and `length` of a list or text.
 *
 * @param path e.g. `items.0.task`, `items.-1`, `items.length`; the empty path is the value itself
 * @returns `undefined` where the path leads nowhere; `null` is a value
 */
export function lookUp(value: Json | undefined, path: string): Json | undefined {
  if (path === "") return value;
  return path.split(".").reduce<Json | undefined>(step, value);
}

function step(value: Json | undefined, key: string): Json | undefined {
  if (typeof value === "string") return key === "length" ? value.length : undefined;
  if (typeof value !== "object" || value === null) return undefined;
  if (isList(value)) {
    if (key === "length") return value.length;
    return /^-?\d+$/.test(key) ? value.at(Number(key)) : undefined;
  }
  return Object.hasOwn(value, key) ? value[key] : undefined;
}

function isList(value: Json): value is readonly Json[] {
  return Array.isArray(value);
}

/**
 * Reads JSON out of text that may have words around it: the whole text, else what stands between
 * the first and the last curly bracket, else between the first and the last square one.
 *
 * @returns `undefined` where there is none
 */
export function jsonIn(text: string): Json | undefined {
  const candidates = [text, between(text, "{", "}"), between(text, "[", "]")];
  for (const candidate of candidates) {
    const value = candidate === null ? undefined : parse(candidate);
    if (value !== undefined) return value;
  }
  return undefined;
}

function between(text: string, open: string, close: string): string | null {
  const from = text.indexOf(open);
  const to = text.lastIndexOf(close);
  return from === -1 || to < from ? null : text.slice(from, to + 1);
}

function parse(text: string): Json | undefined {
  try {
    // JSON.parse returns `any`; whatever it returns is Json by definition.
    return JSON.parse(text) as Json;
  } catch {
    return undefined;
  }
}

/** Whether two JSON values are equal; the order of keys does not count. */
export function sameJson(a: Json | undefined, b: Json | undefined): boolean {
  return a === undefined || b === undefined ? a === b : canonicalJson(a) === canonicalJson(b);
}

/** JSON text with sorted keys: equal values give equal text, whoever stored them in between. */
export function canonicalJson(value: Json): string {
  if (typeof value !== "object" || value === null) return JSON.stringify(value);
  if (isList(value)) return `[${value.map(canonicalJson).join(",")}]`;
  const entries = Object.entries(value)
    .toSorted(([a], [b]) => (a < b ? -1 : 1))
    .map(([key, item]) => `${JSON.stringify(key)}:${canonicalJson(item)}`);
  return `{${entries.join(",")}}`;
}
