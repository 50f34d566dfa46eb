import { mkdir, readdir } from "node:fs/promises";
import path from "node:path";
import type { DependencySet, LentDependencies } from "../../../ports/dependencies.ts";
import type { Worktree } from "../../../ports/git.ts";
import { CELL_PATHS } from "../cell-argv.ts";
import type { CellLimits } from "../cell-limits.ts";
import type { RunCell } from "../launcher.ts";
import { isPresent } from "../presence.ts";
import type { OnStuck } from "../stuck-folders.ts";
import {
  aliveIn,
  type Lending,
  lendingDir,
  lendTo,
  lentDir,
  lentIn,
  ownerOf,
  ownName,
  takeBack,
} from "./lend.ts";
import { writtenLayer } from "./lent-argv.ts";
import { type Excludes, excludesOf } from "./lent-excludes.ts";
import { overlayWorks } from "./overlay-probe.ts";

/** How sets are handed out: `auto` is by overlay where this host can, by copies elsewhere. */
export type HandOut = "auto" | "overlay" | "copy";

export type Lender = {
  readonly toWorktree: (worktree: Worktree, set: DependencySet) => Promise<LentDependencies>;
  /** A missing hand-out is success. */
  readonly fromWorktree: (worktree: Worktree) => Promise<void>;
  readonly excludes: (worktree: Worktree) => Promise<Excludes>;
  /** The folder that takes what cells write over what was lent; null: nothing is. */
  readonly layer: (worktree: Worktree) => Promise<string | null>;
  /** Lends to a throw-away tree while something is done in it. */
  readonly whileLent: <Result>(
    folder: string,
    set: DependencySet | null,
    work: (lent: LentDependencies | null) => Promise<Result>,
  ) => Promise<Result>;
};

/** Lends sets of one host; everything of it is below `root`. */
export function createLender(
  runCell: RunCell,
  limits: CellLimits,
  {
    root,
    handOut,
    onStuck,
  }: { readonly root: string; readonly handOut: HandOut; readonly onStuck: OnStuck },
): Lender {
  let asked: Promise<Lending> | null = null;
  // Asked when something is lent for the first time: most repositories never do.
  const lending = (): Promise<Lending> => {
    asked ??= decideHandOut(handOut, root, runCell).then((by) => ({
      ...{ root, runCell, limits, by, onStuck },
    }));
    return asked;
  };
  return {
    toWorktree: async (worktree, set) => {
      const tree = { contents: { worktree, writable: [] }, inCell: worktree.path };
      return await lendTo(await lending(), tree, { dir: lendingDir(root, worktree), set });
    },
    fromWorktree: async (worktree) => {
      const dir = lendingDir(root, worktree);
      if ((await lentIn(dir)) !== null) await takeBack(await lending(), dir);
    },
    excludes: async (worktree) => excludesOf(await lentIn(lendingDir(root, worktree))),
    layer: async (worktree) => {
      const lent = await lentIn(lendingDir(root, worktree));
      return lent === null ? null : writtenLayer(lent);
    },
    whileLent: async (folder, set, work) => {
      if (set === null) return await work(null);
      const from = await lending();
      await removeLeftovers(from);
      const dir = path.join(lentDir(root), ownName(root, "verify"));
      const writable = [{ from: folder, to: CELL_PATHS.verify }];
      const tree = { contents: { worktree: null, writable }, inCell: CELL_PATHS.verify };
      try {
        return await work(await lendTo(from, tree, { dir, set }));
      } finally {
        await takeBack(from, dir);
      }
    },
  };
}

async function decideHandOut(
  handOut: HandOut,
  root: string,
  runCell: RunCell,
): Promise<LentDependencies["by"]> {
  if (handOut !== "auto") return handOut;
  return (await overlayWorks(runCell, root)) ? "overlay" : "copy";
}

/** Of processes that have ended. */
async function removeLeftovers(lending: Lending): Promise<void> {
  const lent = lentDir(lending.root);
  await mkdir(lent, { recursive: true, mode: 0o700 });
  for (const name of await readdir(lent)) {
    const owner = ownerOf(name);
    if (owner === null || isPresent(aliveIn(lending.root), owner)) continue;
    await takeBack(lending, path.join(lent, name));
  }
}
