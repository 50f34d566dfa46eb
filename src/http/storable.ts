const replacement = "\ufffd";

/** Nobody writes such a thing by hand, and whoever reads it goes as deep. */
const deepest = 200;

/**
 * The same JSON value with what PostgreSQL's jsonb cannot hold, NUL and lone surrogates, replaced:
 * one such character in a payload would otherwise make it unstorable for ever.
 *
 * @throws {RangeError} for one that is nested too deep
 */
export function storable(value: unknown, depth = 0): unknown {
  if (depth > deepest) throw new RangeError(`nested deeper than ${deepest}`);
  if (typeof value === "string") return storableText(value);
  if (Array.isArray(value)) return value.map((part) => storable(part, depth + 1));
  if (typeof value !== "object" || value === null) return value;
  return Object.fromEntries(
    Object.entries(value).map(([key, part]) => [storableText(key), storable(part, depth + 1)]),
  );
}

function storableText(text: string): string {
  return text.toWellFormed().replaceAll("\0", replacement);
}
