import { shortId } from "../../lib/ids.ts";
import { PortError } from "../../lib/port-error.ts";
import type { Worktree } from "../../ports/git.ts";
import type { CellResult } from "../../ports/host.ts";
import type { SealedContents } from "./cell-argv.ts";
import { CELL_PATHS } from "./cell-argv.ts";
import type { CellLimits } from "./cell-limits.ts";
import { type Excludes, NO_EXCLUDES } from "./dependencies/lent-excludes.ts";
import { gitEnvironment } from "./git-environment.ts";
import type { RunCell } from "./launcher.ts";

// Whatever touches the files of a work tree runs in a cell of its own, so that a folder swapped for
// a symbolic link leads nowhere but to that cell's own, empty world.

const OUTPUT_BYTES = 16_384;
const NAME_BYTES = 65; // A tree's name is 40 or 64 digits and a newline.

/** A work tree, and what of it is none of its agent's. */
type TreeToWork = { readonly worktree: Worktree; readonly excludes: Excludes };

/** Fills a work tree with the files of a commit or tree; ignored files stay. */
export async function checkoutWorktree(
  runCell: RunCell,
  limits: CellLimits,
  { worktree, excludes }: TreeToWork,
  treeish: string,
): Promise<void> {
  const argv = ["/bin/sh", script("checkout"), treeish];
  const contents = worktreeContents(worktree, {}, excludes);
  const result = await runCell(`checkout-${shortId()}`, contents, argv, {
    timeoutMs: limits.gitTimeoutMs,
    maxOutputBytes: OUTPUT_BYTES,
  });
  requireSuccess(result, `checking ${treeish} out into ${worktree.key}`);
}

/** Stages all changes of a work tree; the objects that are new come back as a pack. */
export async function stageWorktree(
  runCell: RunCell,
  limits: CellLimits,
  { worktree, excludes }: TreeToWork,
  { base, maxPackBytes }: { readonly base: string; readonly maxPackBytes: number },
): Promise<{ readonly tree: string; readonly pack: Uint8Array }> {
  const objects = {
    GIT_OBJECT_DIRECTORY: "/tmp/objects",
    GIT_ALTERNATE_OBJECT_DIRECTORIES: `${worktree.mirror}/objects`,
  };
  const argv = ["/bin/sh", script("stage"), base];
  const contents = worktreeContents(worktree, objects, excludes);
  const result = await runCell(`stage-${shortId()}`, contents, argv, {
    timeoutMs: limits.gitTimeoutMs,
    maxOutputBytes: maxPackBytes + NAME_BYTES,
  });
  requireSuccess(result, `staging ${worktree.key}`);
  const end = result.stdout.indexOf("\n");
  const tree = result.stdout.subarray(0, end).toString("latin1");
  const pack = result.stdout.subarray(end + 1);
  if (!/^([0-9a-f]{40}|[0-9a-f]{64})$/.test(tree)) {
    throw new PortError("sandbox", `staging ${worktree.key} named no tree`, { retryable: false });
  }
  if (pack.length > maxPackBytes || result.stdout.length >= maxPackBytes + NAME_BYTES) {
    const message = `the changes of ${worktree.key} are larger than ${maxPackBytes} bytes packed`;
    throw new PortError("sandbox", message, { retryable: false });
  }
  return { tree, pack };
}

/** @throws {PortError} with what the cell said last, unless it ended well */
export function requireSuccess(result: CellResult, what: string): void {
  if (result.exitCode === 0) return;
  const why = result.timedOut ? "ran into its time limit" : howItEnded(result);
  throw new PortError("sandbox", `${what} failed: ${why}: ${lastWords(result.output)}`, {
    // A cell killed by the system (memory, a signal) may do better next time; a verdict will not.
    retryable: result.timedOut || result.exitCode === null || result.exitCode >= 128,
  });
}

function howItEnded({ exitCode }: CellResult): string {
  return exitCode === null ? "it never began or was killed" : `exit code ${exitCode}`;
}

/** A cell of a work tree and nothing else. */
export function worktreeContents(
  worktree: Worktree,
  environment: Readonly<Record<string, string>>,
  { settings, readOnly }: Excludes = NO_EXCLUDES,
): SealedContents {
  return {
    worktree,
    readOnly,
    mirror: null,
    brokerDir: null,
    writable: [],
    withHarness: false,
    environment: { ...gitEnvironment(worktree.gitDir, worktree.path, settings), ...environment },
    workingDirectory: "/tmp",
  };
}

type CellScript =
  | "checkout"
  | "stage"
  | "empty"
  | "measure"
  | "keep"
  | "lend-copies"
  | "lend-places";

/** The in-cell path of one of this adapter's scripts. */
export function script(name: CellScript): string {
  return `${CELL_PATHS.scripts}/${name}.sh`;
}

function lastWords(output: string): string {
  return output.trim().slice(-600) || "no output";
}
