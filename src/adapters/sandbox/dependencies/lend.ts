import { createHash } from "node:crypto";
import { lstat, mkdir, readdir, readFile, rename, rm, writeFile } from "node:fs/promises";
import path from "node:path";
import { shortId } from "../../../lib/ids.ts";
import type { DependencySet, LentDependencies } from "../../../ports/dependencies.ts";
import type { Worktree } from "../../../ports/git.ts";
import type { SealedContents } from "../cell-argv.ts";
import { CELL_FOLDERS } from "../cell-folders.ts";
import type { CellLimits } from "../cell-limits.ts";
import { emptyFolder } from "../empty-folder.ts";
import type { RunCell } from "../launcher.ts";
import { presenceIn } from "../presence.ts";
import { type OnStuck, removeOrNote } from "../stuck-folders.ts";
import { requireSuccess, script } from "../worktree-cells.ts";
import { layersOf } from "./lent-argv.ts";
import { writeExcludes } from "./lent-excludes.ts";

// Hand-outs of sets to trees. A hand-out has a folder of its own; a note in it says what was handed
// out, so that a later life finds its layer again, and what an earlier one left is cleared.

/** A tree that gets dependencies: its folder on the host, and where its cells see it. */
export type LendingTree = {
  readonly contents: Pick<SealedContents, "worktree" | "writable">;
  readonly inCell: string;
};

export type Lending = {
  readonly root: string;
  readonly runCell: RunCell;
  readonly limits: CellLimits;
  readonly by: LentDependencies["by"];
  readonly onStuck: OnStuck;
};

/** Of what nobody uses any more. */
const GONE = "gone";

const NOTE = "note.json";
const OUTPUT_BYTES = 16_384;
/** More mounts than these would cost a start more than the copies do. */
const MOST_MOUNTS = 100;

/** The folder of a worktree's hand-out. */
export function lendingDir(root: string, worktree: Worktree): string {
  const name = createHash("sha256").update(worktree.path).digest("hex").slice(0, 24);
  return path.join(lentDir(root), name);
}

/** Where all hand-outs of a host are. */
export function lentDir(root: string): string {
  return path.join(root, CELL_FOLDERS.dependencies.lent);
}

/**
 * A folder's name for what this process alone uses: others can tell once it has ended.
 *
 * @param kind letters
 */
export function ownName(root: string, kind: string): string {
  return `${kind}-${presenceIn(aliveIn(root))}-${shortId()}`;
}

/** The process that a folder is named after; null: a worktree's. */
export function ownerOf(name: string): string | null {
  return /^[a-z]+-([a-z0-9]+)-[a-z0-9]+$/.exec(name)?.[1] ?? null;
}

/** Where processes that lend on a host say that they live. */
export function aliveIn(root: string): string {
  return path.join(root, "alive");
}

/**
 * Makes the places for a set in a tree in which nothing lives, and the layer above it. The layer of
 * an earlier hand-out of the same set stays; one of another set is dropped with all in it.
 */
export async function lendTo(
  lending: Lending,
  tree: LendingTree,
  { dir, set }: { readonly dir: string; readonly set: DependencySet },
): Promise<LentDependencies> {
  const folders = set.paths.filter(({ isFolder }) => isFolder).length;
  const lent: LentDependencies = { set, dir, by: folders > MOST_MOUNTS ? "copy" : lending.by };
  const earlier = await lentIn(dir);
  const isSame = earlier?.set.key === set.key && earlier.by === lent.by;
  if (!isSame) await takeBack(lending, dir);
  await makeLayers(lent);
  if (!isSame || lent.by === "overlay") await fillPlaces(lending, tree, { lent, earlier, isSame });
  await writeExcludes(lent);
  await writeNote(lent);
  return lent;
}

/** What is handed out there; null when nothing is. */
export async function lentIn(dir: string): Promise<LentDependencies | null> {
  const text = await readFile(path.join(dir, NOTE), "utf8").catch(() => null);
  if (text === null) return null;
  try {
    // Written by this file alone, whole or not at all.
    return JSON.parse(text) as LentDependencies;
  } catch {
    return null; // Starts wait for no disk: a power cut may have emptied it, and ended what used it.
  }
}

/** All that is handed out on a host. */
export async function lentBelow(root: string): Promise<readonly LentDependencies[]> {
  const names = await readdir(lentDir(root)).catch(() => []);
  const used = names.filter((name) => !name.startsWith(`${GONE}-`));
  const found = await Promise.all(used.map((name) => lentIn(path.join(lentDir(root), name))));
  return found.filter((one) => one !== null);
}

/**
 * Removes a hand-out with everything cells wrote into it; nothing may live there any more. It is put
 * aside first: what cannot be removed is in nobody's way. A missing one is success.
 */
export async function takeBack(lending: Lending, dir: string): Promise<void> {
  const { root, onStuck } = lending;
  const isAside = path.basename(dir).startsWith(`${GONE}-`);
  const aside = isAside ? dir : path.join(lentDir(root), ownName(root, GONE));
  if (!isAside && !(await putAside(dir, aside))) return;
  await removeOrNote({ folder: aside, bytes: 0 }, (it) => clear(lending, it), onStuck);
}

async function putAside(dir: string, aside: string): Promise<boolean> {
  try {
    await rename(dir, aside);
    return true;
  } catch (error) {
    if (await lstat(dir).catch(() => null)) throw error;
    return false;
  }
}

async function makeLayers(lent: LentDependencies): Promise<void> {
  const { mapped, upper, work, merged, shared } = layersOf(lent);
  const folders = lent.by === "copy" ? [shared] : [mapped, upper, work, merged];
  for (const folder of folders) await mkdir(folder, { recursive: true, mode: 0o755 });
}

async function fillPlaces(
  { runCell, limits }: Lending,
  { contents, inCell }: LendingTree,
  what: {
    readonly lent: LentDependencies;
    readonly earlier: LentDependencies | null;
    readonly isSame: boolean;
  },
): Promise<void> {
  const { lent, earlier, isSame } = what;
  const { paths, dir } = lent.set;
  const mounted = paths.filter(({ isFolder }) => isFolder && lent.by === "overlay");
  const copied = isSame ? [] : paths.filter((one) => !mounted.includes(one));
  const gone = isSame || earlier === null ? [] : earlier.set.paths;
  const bounds = { timeoutMs: limits.gitTimeoutMs, maxOutputBytes: OUTPUT_BYTES };
  const cell: SealedContents = {
    ...cellOf(contents, inCell),
    readOnly: [{ from: dir, to: "/work/kept" }],
    writable: [
      ...contents.writable,
      ...(lent.by === "copy" ? [{ from: lent.dir, to: "/work/lent" }] : []),
    ],
  };
  if (copied.length + gone.length > 0 || (lent.by === "copy" && !isSame)) {
    const names = [...gone.map(nameOf), "--", ...copied.map(nameOf)];
    const argv = ["/bin/sh", script("lend-copies"), inCell, "/work/kept", ...names];
    const done = await runCell(`lend-${shortId()}`, cell, argv, bounds);
    requireSuccess(done, `copying dependencies into ${inCell}`);
  }
  if (mounted.length === 0) return;
  const argv = ["/bin/sh", script("lend-places"), inCell, ...mounted.map(nameOf)];
  const done = await runCell(`lend-${shortId()}`, cellOf(contents, inCell), argv, bounds);
  requireSuccess(done, `making places for dependencies in ${inCell}`);
}

const nameOf = ({ path: name }: { readonly path: string }): string => name;

/** Everything in it belongs to cells: it is removed by one, never opened by the host. */
async function clear({ runCell, limits }: Lending, dir: string): Promise<void> {
  await emptyFolder(runCell, limits, dir);
  await rm(dir, { recursive: true, force: true });
}

function cellOf(
  { worktree, writable }: LendingTree["contents"],
  workingDirectory: string,
): SealedContents {
  return {
    worktree,
    mirror: null,
    brokerDir: null,
    writable,
    withHarness: false,
    environment: {},
    workingDirectory,
  };
}

async function writeNote(lent: LentDependencies): Promise<void> {
  const draft = path.join(lent.dir, `.${NOTE}`);
  await writeFile(draft, JSON.stringify(lent));
  await rename(draft, path.join(lent.dir, NOTE));
}
