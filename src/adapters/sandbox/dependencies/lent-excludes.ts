import { writeFile } from "node:fs/promises";
import path from "node:path";
import type { LentDependencies } from "../../../ports/dependencies.ts";

// What was handed out to a tree is no work of its agent's: it is neither staged nor cleaned away,
// also where the repository does not ignore it.

const FILE = "excludes";
const IN_CELL = "/run/lent-excludes";

export type Excludes = {
  /** Settings for git in the cell. */
  readonly settings: Readonly<Record<string, string>>;
  readonly readOnly: readonly { readonly from: string; readonly to: string }[];
};

export const NO_EXCLUDES: Excludes = { settings: {}, readOnly: [] };

/** Writes what git leaves alone in the tree of a hand-out. */
export async function writeExcludes({ dir, set }: LentDependencies): Promise<void> {
  const lines = set.paths.map(({ path: place, isFolder }) => {
    const pattern = place.replace(/[\\*?[\]!# ]/g, "\\$&");
    return `/${pattern}${isFolder ? "/" : ""}\n`;
  });
  await writeFile(path.join(dir, FILE), lines.join(""), { mode: 0o644 });
}

/** How git in a cell gets to know it. */
export function excludesOf(lent: LentDependencies | null): Excludes {
  if (lent === null) return NO_EXCLUDES;
  return {
    settings: { "core.excludesFile": IN_CELL },
    readOnly: [{ from: path.join(lent.dir, FILE), to: IN_CELL }],
  };
}
