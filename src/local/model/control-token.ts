import { randomBytes } from "node:crypto";
import { existsSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";

/**
 * The token that guards /_control: the one kept in the data folder, else a new one, kept there for
 * whoever may read that folder.
 *
 * @param dataDir an existing folder, or `null` to keep it nowhere
 */
export function controlToken(dataDir: string | null): string {
  const file = dataDir === null ? null : controlTokenFile(dataDir);
  if (file !== null && existsSync(file)) return readFileSync(file, "utf8").trim();
  const token = randomBytes(24).toString("base64url");
  if (file !== null) writeFileSync(file, `${token}\n`, { mode: 0o600 });
  return token;
}

/** Where a data folder keeps the token. */
export function controlTokenFile(dataDir: string): string {
  return join(dataDir, "control-token");
}
