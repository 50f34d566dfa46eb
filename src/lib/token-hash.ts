import { createHash } from "node:crypto";

/**
 * What is stored of a token instead of the token. Tokens are random, so no salt is needed.
 *
 * @returns SHA-256 of its UTF-8 bytes, 64 lower-case hexadecimal digits
 */
export function hashToken(token: string): string {
  return createHash("sha256").update(token).digest("hex");
}
