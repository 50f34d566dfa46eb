import { shortId } from "../../lib/ids.ts";
import type { Worktree } from "../../ports/git.ts";
import type { Sandbox } from "../../ports/host.ts";
import type { SealedContents } from "./cell-argv.ts";
import type { RunCell } from "./launcher.ts";
import { script, worktreeContents } from "./worktree-cells.ts";

/** A tree of a million files is read in less. */
const TIMEOUT_MS = 30_000;
const OUTPUT_BYTES = 256;
const KIBIBYTE = 1024;

const LAYER = "/work/layer";

/**
 * Measures a work tree from inside a cell: nothing of the host opens a path in it.
 *
 * @param layer what its agent wrote over its dependencies; null: there is none
 */
export async function measureWorktree(
  runCell: RunCell,
  worktree: Worktree,
  layer: string | null,
): ReturnType<Sandbox["measure"]> {
  const readOnly = layer === null ? [] : [{ from: layer, to: LAYER }];
  const contents = { ...worktreeContents(worktree, {}), readOnly, workingDirectory: worktree.path };
  const folders = layer === null ? ["."] : [".", LAYER];
  return await measureFolders(runCell, `measure-${shortId()}`, contents, folders);
}

/** Measures folders as a cell with these contents sees them; null when that could not be told. */
export async function measureFolders(
  runCell: RunCell,
  id: string,
  contents: SealedContents,
  folders: readonly string[],
): ReturnType<Sandbox["measure"]> {
  const argv = ["/bin/sh", script("measure"), ...folders];
  const result = await runCell(id, contents, argv, {
    timeoutMs: TIMEOUT_MS,
    maxOutputBytes: OUTPUT_BYTES,
  });
  const [kibibytes, files] = result.stdout.toString("latin1").split("\n").map(Number);
  if (result.exitCode !== 0 || !kibibytes || !files) return null;
  return { bytes: kibibytes * KIBIBYTE, files };
}
