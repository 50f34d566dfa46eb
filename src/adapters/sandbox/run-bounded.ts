import { systemClock } from "../../lib/clock.ts";
import { shortId } from "../../lib/ids.ts";
import { createLossWatch } from "../../lib/notice-loss.ts";
import type { CellResult } from "../../ports/host.ts";
import type { SealedContents } from "./cell-argv.ts";
import { CELL_PATHS } from "./cell-argv.ts";
import type { CellLimits } from "./cell-limits.ts";
import type { RunCell } from "./launcher.ts";
import { measureFolders } from "./measure-worktree.ts";
import type { RunLimits } from "./run-process.ts";

// A cell that lives no life, and still may write for long. No kernel limit bounds the sum of what it
// writes, so it is looked at while it runs.

export type BoundedRun = {
  readonly id: string;
  readonly contents: SealedContents;
  readonly argv: readonly string[];
  readonly limits: RunLimits;
  /** On the host: what it writes into, its own folder first. */
  readonly folders: readonly [own: string, ...more: string[]];
};

/** Runs a cell to its end, or to the moment at which its folders hold more than a cell may write. */
export async function runBounded(
  runCell: RunCell,
  limits: CellLimits,
  run: BoundedRun,
): Promise<CellResult> {
  const tooMuch = new AbortController();
  const over = new AbortController();
  const result = runCell(run.id, run.contents, run.argv, { ...run.limits, signal: tooMuch.signal });
  const watched = watch({ runCell, limits, run }, { over: over.signal, tooMuch });
  // What cannot be looked at must not write on.
  watched.catch(() => tooMuch.abort());
  try {
    const ended = await result;
    over.abort();
    const why = await watched;
    return why === null ? ended : { ...ended, exitCode: null, wroteTooMuch: why };
  } finally {
    over.abort();
  }
}

type Watched = {
  readonly runCell: RunCell;
  readonly limits: CellLimits;
  readonly run: BoundedRun;
};

/** @returns what was found to be too much; null when the cell ended before anything was */
async function watch(
  { runCell, limits, run }: Watched,
  { over, tooMuch }: { readonly over: AbortSignal; readonly tooMuch: AbortController },
): Promise<string | null> {
  const [own] = run.folders;
  const share = { bytes: limits.writeBytes, files: limits.writeFiles };
  const isWorthALook = createLossWatch(own, share, systemClock);
  await isWorthALook();
  while (!over.aborted) {
    // Woken by the end of what is watched, too.
    await systemClock.sleep(limits.writeLookMs, over).catch(() => null);
    if (over.aborted || !(await isWorthALook())) continue;
    const why = whyTooMuch(await measure(runCell, run.folders), limits);
    if (why === null || over.aborted) continue;
    tooMuch.abort();
    return why;
  }
  return null;
}

async function measure(runCell: RunCell, [own, ...more]: BoundedRun["folders"]) {
  const layers = more.map((from, index) => ({ from, to: `/work/layer-${index}` }));
  const contents = {
    worktree: null,
    mirror: null,
    brokerDir: null,
    writable: [{ from: own, to: CELL_PATHS.verify }],
    readOnly: layers,
    withHarness: false,
    environment: {},
    workingDirectory: CELL_PATHS.verify,
  };
  return await measureFolders(runCell, `measure-${shortId()}`, contents, [
    ".",
    ...layers.map(({ to }) => to),
  ]);
}

function whyTooMuch(
  held: { readonly bytes: number; readonly files: number } | null,
  { writeBytes, writeFiles }: CellLimits,
): string | null {
  if (held !== null && held.bytes > writeBytes)
    return `wrote more than ${writeBytes} bytes (CELL_WRITE_BYTES): ${held.bytes}`;
  if (held !== null && held.files > writeFiles)
    return `wrote more than ${writeFiles} files (CELL_WRITE_FILES): ${held.files}`;
  return null;
}
