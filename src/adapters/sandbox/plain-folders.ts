import { readdir, rm } from "node:fs/promises";
import path from "node:path";
import type { SetupResult } from "../../ports/dependencies.ts";
import type { CellLimits } from "./cell-limits.ts";
import { emptyFolder } from "./empty-folder.ts";
import { marksNow } from "./end-cell.ts";
import type { RunCell } from "./launcher.ts";
import { type OnStuck, removeOrNote, STUCK_ENDING } from "./stuck-folders.ts";

/** A set is made from parts of a host that only a cell puts together. */
export const NO_SETUP_WITHOUT_CELLS: SetupResult = {
  kind: "refused",
  reason:
    "this host makes no cells, and dependencies are set up in cells only: mend what `npm run doctor` says of cells",
};

/** The private folders of plain processes that were killed: those that ended removed their own. */
export function createPlainFolders(
  runCell: RunCell,
  limits: CellLimits,
  { root, onStuck }: { readonly root: string; readonly onStuck: OnStuck },
) {
  const remove = async (folder: string): Promise<void> => {
    await emptyFolder(runCell, limits, folder);
    await rm(folder, { recursive: true, force: true });
  };
  const discard = async (mark: string): Promise<void> =>
    await removeOrNote({ folder: path.join(root, mark), bytes: 0 }, remove, onStuck);
  return {
    /** A missing one is success; one that cannot be removed is noted. */
    discard,
    /** Those of nothing that runs. */
    sweep: async (): Promise<void> => {
      const names = await readdir(root).catch(() => []);
      const running = new Set((await marksNow("environment")).values());
      const marks = names.filter((name) => !name.includes(STUCK_ENDING));
      for (const name of marks) if (!running.has(name)) await discard(name);
    },
  };
}
