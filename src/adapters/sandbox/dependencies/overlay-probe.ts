import { mkdir, rm, writeFile } from "node:fs/promises";
import path from "node:path";
import { shortId } from "../../../lib/ids.ts";
import type { LentDependencies } from "../../../ports/dependencies.ts";
import { CELL_PATHS } from "../cell-argv.ts";
import type { RunCell } from "../launcher.ts";
import { layersOf } from "./lent-argv.ts";

const TIMEOUT_MS = 10_000;
const PROBE = 'test "$(cat it/file)" = kept && echo changed >it/file && test -d /opt/dependencies';

/** Whether a cell of this host gets a layer of its own over a folder that others have, too. */
export async function overlayWorks(runCell: RunCell, root: string): Promise<boolean> {
  const dir = path.join(root, `probe-${process.pid}-${shortId()}`);
  const kept = path.join(dir, "kept");
  const tree = path.join(dir, "tree");
  const owner = process.getuid?.() ?? 0;
  const paths = [{ path: "it", isFolder: true }];
  const set = { key: "probe", dir: kept, paths, owner, bytes: 0, files: 1 };
  const lent: LentDependencies = { set, by: "overlay", dir };
  const { mapped, upper, work, merged } = layersOf(lent);
  const folders = [path.join(kept, "tree", "it"), path.join(kept, "shared"), path.join(tree, "it")];
  try {
    for (const folder of [...folders, mapped, upper, work, merged])
      await mkdir(folder, { recursive: true });
    await writeFile(path.join(kept, "tree", "it", "file"), "kept");
    const contents = {
      worktree: null,
      mirror: null,
      brokerDir: null,
      writable: [{ from: tree, to: CELL_PATHS.verify }],
      lent,
      withHarness: false,
      environment: {},
      workingDirectory: CELL_PATHS.verify,
    };
    const result = await runCell(`probe-${shortId()}`, contents, ["/bin/sh", "-c", PROBE], {
      timeoutMs: TIMEOUT_MS,
      maxOutputBytes: 4_096,
    });
    return result.exitCode === 0;
  } finally {
    await rm(dir, { recursive: true, force: true });
  }
}
