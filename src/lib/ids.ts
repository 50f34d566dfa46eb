import { randomBytes } from "node:crypto";

// Without vowels and look-alikes, so that no id spells a word or is misread from a terminal.
const ALPHABET = "23456789bcdfghjkmnpqrstvwxyz";

/**
 * A random id that is safe in branch names, file names, queue names and labels.
 *
 * @param length characters, about 4.8 bits each. Default 10
 * @returns lower-case letters and digits only
 */
export function shortId(length = 10): string {
  const unbiased = 256 - (256 % ALPHABET.length);
  let id = "";
  while (id.length < length) {
    for (const byte of randomBytes(length)) {
      if (byte < unbiased && id.length < length) id += ALPHABET[byte % ALPHABET.length];
    }
  }
  return id;
}

/**
 * A random token for one life, one session or one password.
 *
 * @param bytes of randomness. Default 32
 * @returns base64url without padding: safe in URLs, headers and files
 */
export function randomToken(bytes = 32): string {
  return randomBytes(bytes).toString("base64url");
}
