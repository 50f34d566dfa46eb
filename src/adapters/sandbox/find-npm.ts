import { existsSync, realpathSync } from "node:fs";
import path from "node:path";

const SEEN_BY_CELLS = /^\/(usr|bin|lib)\//;

/**
 * The folder of this host's npm, where cells do not see it anyway.
 *
 * @param programs folders of programs, as PATH lists them
 * @returns null where there is none, or it belongs to the system that cells have
 */
export function findNpm(programs: string): string | null {
  const folders = programs.split(path.delimiter).filter((folder) => path.isAbsolute(folder));
  const found = folders.map((folder) => path.join(folder, "npm")).find((file) => existsSync(file));
  if (found === undefined) return null;
  // `…/npm/bin/npm-cli.js`, wherever the link in a folder of programs leads.
  const folder = path.dirname(path.dirname(realpathSync(found)));
  const isPackage = existsSync(path.join(folder, "bin", "npm-cli.js"));
  return isPackage && !SEEN_BY_CELLS.test(folder) ? folder : null;
}
