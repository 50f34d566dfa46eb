import { shortId } from "../../lib/ids.ts";
import type { Worktree } from "../../ports/git.ts";
import type { Sandbox } from "../../ports/host.ts";
import type { RunCell } from "./launcher.ts";
import { script, worktreeContents } from "./worktree-cells.ts";

/** A tree of a million files is read in less. */
const TIMEOUT_MS = 30_000;
const OUTPUT_BYTES = 256;
const KIBIBYTE = 1024;

/** Measures a work tree from inside a cell: nothing of the host opens a path in it. */
export async function measureWorktree(
  runCell: RunCell,
  worktree: Worktree,
): ReturnType<Sandbox["measure"]> {
  const contents = { ...worktreeContents(worktree, {}), workingDirectory: worktree.path };
  const result = await runCell(`measure-${shortId()}`, contents, ["/bin/sh", script("measure")], {
    timeoutMs: TIMEOUT_MS,
    maxOutputBytes: OUTPUT_BYTES,
  });
  const [kibibytes, files] = result.stdout.toString("latin1").split("\n").map(Number);
  if (result.exitCode !== 0 || !kibibytes || !files) return null;
  return { bytes: kibibytes * KIBIBYTE, files };
}
