import { lstat } from "node:fs/promises";
import path from "node:path";
import { shortId } from "../../lib/ids.ts";
import { CELL_PATHS } from "./cell-argv.ts";
import type { CellLimits } from "./cell-limits.ts";
import type { RunCell } from "./launcher.ts";
import { requireSuccess, script } from "./worktree-cells.ts";

const OUTPUT_BYTES = 16_384;

/** Empties a folder that cells wrote into, from inside a cell; a missing one is success. */
export async function emptyFolder(
  runCell: RunCell,
  limits: CellLimits,
  folder: string,
): Promise<void> {
  if ((await lstat(folder).catch(() => null)) === null) return;
  const contents = {
    worktree: null,
    mirror: null,
    brokerDir: null,
    writable: [{ from: folder, to: CELL_PATHS.verify }],
    withHarness: false,
    environment: {},
    workingDirectory: CELL_PATHS.verify,
  };
  const argv = ["/bin/sh", script("empty")];
  const result = await runCell(`empty-${shortId()}`, contents, argv, {
    timeoutMs: limits.gitTimeoutMs,
    maxOutputBytes: OUTPUT_BYTES,
  });
  requireSuccess(result, `emptying ${path.basename(folder)}`);
}
