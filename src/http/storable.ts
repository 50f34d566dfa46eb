const replacement = "\ufffd";

/**
 * The same JSON value with what PostgreSQL's jsonb cannot hold, NUL and lone surrogates, replaced:
 * one such character in a payload would otherwise make it unstorable for ever.
 */
export function storable(value: unknown): unknown {
  if (typeof value === "string") return storableText(value);
  if (Array.isArray(value)) return value.map(storable);
  if (typeof value !== "object" || value === null) return value;
  return Object.fromEntries(
    Object.entries(value).map(([key, part]) => [storableText(key), storable(part)]),
  );
}

function storableText(text: string): string {
  return text.toWellFormed().replaceAll("\0", replacement);
}
