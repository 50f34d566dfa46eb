import { mkdir, readdir, rm } from "node:fs/promises";
import path from "node:path";
import { shortId } from "../../lib/ids.ts";
import type { DependencySet } from "../../ports/dependencies.ts";
import type { CellResult } from "../../ports/host.ts";
import type { SealedContents } from "./cell-argv.ts";
import { CELL_PATHS } from "./cell-argv.ts";
import { CELL_FOLDERS } from "./cell-folders.ts";
import type { CellLimits } from "./cell-limits.ts";
import type { Lender } from "./dependencies/lending.ts";
import { writtenLayer } from "./dependencies/lent-argv.ts";
import { emptyFolder } from "./empty-folder.ts";
import { gitEnvironment } from "./git-environment.ts";
import type { RunCell } from "./launcher.ts";
import { isPresent, presenceIn } from "./presence.ts";
import { runBounded } from "./run-bounded.ts";
import { type OnStuck, removeOrNote } from "./stuck-folders.ts";
import { requireSuccess, script } from "./worktree-cells.ts";

export type Verification = {
  readonly runtimeDir: string;
  readonly mirror: string;
  readonly tree: string;
  readonly command: string;
  readonly timeoutMs: number;
  readonly maxOutputBytes: number;
  readonly dependencies?: DependencySet | null;
  readonly lender: Lender;
  readonly onStuck: OnStuck;
};

const OUTPUT_BYTES = 16_384;

/**
 * Checks a tree out into a fresh folder, runs the repository's own command in it, removes the
 * folder. Three cells, so that the folder's content is never opened by the host.
 */
export async function verifyTree(
  runCell: RunCell,
  limits: CellLimits,
  verification: Verification,
): Promise<CellResult> {
  const parent = path.join(verification.runtimeDir, CELL_FOLDERS.cells.verify);
  await mkdir(parent, { recursive: true, mode: 0o700 });
  const alive = path.join(verification.runtimeDir, "alive");
  const remove = (left: string): Promise<void> => removeFolder(runCell, limits, left);
  for (const left of await leftovers(parent, alive))
    await removeOrNote({ folder: left, bytes: 0 }, remove, verification.onStuck);
  // Who made it tells another process which folders nobody uses any more.
  const folder = path.join(parent, `${presenceIn(alive)}-${shortId()}`);
  await mkdir(folder, { mode: 0o755 });
  try {
    await fill(runCell, limits, verification, folder);
    // The command is the repository's own, a shell line by definition; it meets a shell in here only.
    const argv = ["/bin/sh", "-c", verification.command];
    const { timeoutMs, maxOutputBytes, dependencies = null, lender } = verification;
    return await lender.whileLent(folder, dependencies, (lent) => {
      const contents = { ...verifyCell(folder, null, {}), lent };
      return runBounded(runCell, limits, {
        ...{ id: cellId("verify"), contents, argv },
        limits: { timeoutMs, maxOutputBytes },
        folders: [folder, ...(lent === null ? [] : [writtenLayer(lent)])],
      });
    });
  } finally {
    await removeOrNote({ folder, bytes: 0 }, remove, verification.onStuck);
  }
}

async function fill(
  runCell: RunCell,
  limits: CellLimits,
  { mirror, tree }: Verification,
  folder: string,
): Promise<void> {
  const contents = verifyCell(folder, mirror, gitEnvironment(mirror, CELL_PATHS.verify));
  const argv = ["/bin/sh", script("checkout"), tree];
  const result = await runCell(cellId("fill"), contents, argv, {
    timeoutMs: limits.gitTimeoutMs,
    maxOutputBytes: OUTPUT_BYTES,
  });
  requireSuccess(result, `checking ${tree} out for verification`);
}

async function removeFolder(runCell: RunCell, limits: CellLimits, folder: string): Promise<void> {
  await emptyFolder(runCell, limits, folder);
  await rm(folder, { recursive: true, force: true });
}

/** The folders of processes that have ended. */
async function leftovers(parent: string, alive: string): Promise<readonly string[]> {
  const names = (await readdir(parent)).filter((name) => !name.includes("."));
  const left = names.filter((name) => !isPresent(alive, name.split("-")[0] ?? ""));
  return left.map((name) => path.join(parent, name));
}

function verifyCell(
  folder: string,
  mirror: string | null,
  environment: Readonly<Record<string, string>>,
): SealedContents {
  return {
    worktree: null,
    mirror,
    brokerDir: null,
    writable: [{ from: folder, to: CELL_PATHS.verify }],
    withHarness: false,
    environment,
    workingDirectory: CELL_PATHS.verify,
  };
}

function cellId(purpose: string): string {
  return `${purpose}-${shortId()}`;
}
