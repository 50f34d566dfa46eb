import { homedir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { hashOfPath, makeFolder } from "./folders.ts";

/**
 * Makes the product's own folder on this machine, outside of any checkout: other users can reach
 * it where we are root, which a checkout in root's home is not.
 *
 * @param env for `XDG_DATA_HOME`, which ordinary users may set
 */
export function productFolder(env: NodeJS.ProcessEnv): string {
  const isRoot = process.getuid?.() === 0;
  const shared = env.XDG_DATA_HOME || join(homedir(), ".local/share");
  const folder = isRoot ? "/var/lib/factory-factory" : join(shared, "factory-factory");
  makeFolder(folder, isRoot ? 0o755 : 0o700, null);
  return folder;
}

/**
 * The default data folder of this checkout: the same at every start. It is not made here.
 */
export function defaultDataFolder(env: NodeJS.ProcessEnv): string {
  const checkout = fileURLToPath(new URL("../../..", import.meta.url));
  return join(productFolder(env), hashOfPath(checkout));
}
