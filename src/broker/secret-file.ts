import { readFileSync } from "node:fs";
import { Secret } from "../lib/secret.ts";

/**
 * Reads what proves this broker to the product.
 *
 * @throws {Error} naming the file, when it cannot be read or is empty
 */
export function readSecretFile(file: string): Secret {
  const text = readFileSync(file, "utf8").trim();
  if (text === "") throw new Error(`the secret file ${file} is empty`);
  return new Secret(text);
}
