import { lstatSync } from "node:fs";
import path from "node:path";
import { PortError } from "../../lib/port-error.ts";
import type { SealedContents } from "./cell-argv.ts";
import { layersOf } from "./dependencies/lent-argv.ts";

/**
 * Whatever makes a cell follows the links it finds at the sources of its mounts. What a cell gets to
 * write is never bound by a name that another cell could have put there; this is the last look at it.
 *
 * @throws {PortError} `sandbox`, when one of the folders or files of a cell is a symbolic link
 */
export function refuseLinks(contents: SealedContents): void {
  for (const source of sourcesOf(contents)) {
    if (!lstatSync(source, { throwIfNoEntry: false })?.isSymbolicLink()) continue;
    const message = `${source} is a link: a cell with it would be given what it leads to`;
    throw new PortError("sandbox", message, { retryable: false });
  }
}

function sourcesOf({ worktree, writable, readOnly = [], brokerDir, lent }: SealedContents) {
  return [
    ...(worktree ? [worktree.path, worktree.gitDir, path.join(worktree.path, ".git")] : []),
    ...[...writable, ...readOnly].map(({ from }) => from),
    ...(brokerDir === null ? [] : [brokerDir]),
    // What is below a mounted set is looked at where it is mounted (cell/lend.sh).
    ...(lent ? [lent.dir, lent.set.dir, ...Object.values(layersOf(lent))] : []),
  ];
}
