import type { Secret } from "./secret.ts";

const SHOWN = "[redacted]";

// A short "secret" would redact ordinary words everywhere and tell more than it hides.
const SHORTEST_SECRET = 6;

// Shapes of credentials that must not leave even when nobody told us their value.
const TOKEN_SHAPES: readonly RegExp[] = [
  /-----BEGIN [A-Z ]*PRIVATE KEY-----[\s\S]*?(?:-----END [A-Z ]*PRIVATE KEY-----|$)/g,
  /\bgh[opsur]_[A-Za-z0-9_.-]{16,}/g,
  /\bgithub_pat_[A-Za-z0-9_]{20,}/g,
  /\bsk-ant-[A-Za-z0-9_-]{16,}/g,
  /\bxox[abeprs]-[A-Za-z0-9-]{10,}/g,
  /\b(?:AKIA|ASIA)[A-Z0-9]{16}\b/g,
  /\bnpm_[A-Za-z0-9]{36}\b/g,
  /\beyJ[A-Za-z0-9_-]{10,}\.eyJ[A-Za-z0-9_-]{10,}\.[A-Za-z0-9_-]{10,}/g,
];

// Kept in front of what is redacted, so that a reader still sees what kind of value stood there.
const IN_CONTEXT: readonly RegExp[] = [
  /(\b(?:authorization|proxy-authorization)["']?\s*[:=]\s*["']?(?:bearer|basic|token)\s+)[^\s"',;]+/gi,
  /(\b(?:x-api-key|api[_-]?key|password|secret|access[_-]?token)["']?\s*[:=]\s*["']?)[^\s"',;]{6,}/gi,
  /(\b[a-z][a-z0-9+.-]*:\/\/[^\s/:@]*:)[^\s/@]+(?=@)/gi,
];

/** Takes secrets out of text. */
export type Redactor = (text: string) => string;

/**
 * Makes a redactor for known values and for token-shaped strings.
 *
 * @param secrets values to hide, also where they stand base64- or URL-encoded; shorter than
 *   6 characters are ignored
 * @returns a function from text to the same text with `[redacted]` in their place
 */
export function createRedactor(secrets: Iterable<Secret | string>): Redactor {
  const known = new Set<string>();
  for (const secret of secrets) {
    const value = typeof secret === "string" ? secret : secret.reveal();
    if (value.length < SHORTEST_SECRET) continue;
    known.add(value);
    known.add(encodeURIComponent(value));
    known.add(Buffer.from(value).toString("base64"));
    known.add(JSON.stringify(value).slice(1, -1));
  }
  // Longest first: a secret that contains another must not leave its remainder behind.
  const ordered = [...known].sort((a, b) => b.length - a.length);
  return (text) =>
    redactShapes(ordered.reduce((rest, value) => rest.replaceAll(value, SHOWN), text));
}

/** Takes token-shaped strings, passwords in URLs and authorization headers out of text. */
export function redactShapes(text: string): string {
  const withoutTokens = TOKEN_SHAPES.reduce((rest, shape) => rest.replace(shape, SHOWN), text);
  return IN_CONTEXT.reduce((rest, shape) => rest.replace(shape, `$1${SHOWN}`), withoutTokens);
}
