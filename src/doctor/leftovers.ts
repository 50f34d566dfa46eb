import { stuckBelow } from "../adapters/sandbox/stuck-folders.ts";
import type { Config } from "../config.ts";
import { type Finding, ok } from "./finding.ts";

const mebibyte = 1024 ** 2;
const name = "leftovers";

/** Folders of cells that the product could not remove: they take room until a person does. */
export async function checkLeftovers(config: Config): Promise<readonly Finding[]> {
  const stuck = config.DATA_DIR === undefined ? [] : await stuckBelow(config.DATA_DIR);
  if (stuck.length === 0) return [ok(name, "nothing that cannot be removed")];
  return stuck.map(({ folder, bytes, reason }) => {
    const size = bytes === 0 ? "" : ` (${Math.ceil(bytes / mebibyte)} MiB)`;
    const mend = "Remove that folder as root; the product tries again, and goes on without.";
    const says = `${folder}${size} cannot be removed: ${reason}`;
    return { name, state: "warning", says, mend };
  });
}
