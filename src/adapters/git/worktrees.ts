// Worktrees as `git worktree` lays them out, made file by file: git's own command would open paths
// inside a folder that belongs to an agent, and cannot go on where a crash stopped it.
// See gitrepository-layout(5), "worktrees/".

import { randomUUID } from "node:crypto";
import { lstat, mkdir, readdir, rename, rm, writeFile } from "node:fs/promises";
import { join } from "node:path";
import type { Worktree } from "../../ports/git.ts";
import { setLocalRef } from "./commits.ts";
import type { GitContext } from "./git-context.ts";
import { ensureMirror, isMissing, type Mirror } from "./mirror.ts";
import { refNameOf } from "./ref-name.ts";
import { removeFolder } from "./remove-folder.ts";

/** Implements `Git.worktree`. */
export function worktreeAt(mirror: Mirror, key: string): Worktree {
  // Keys become names of folders; a dot in front marks what is no worktree yet.
  if (!/^[A-Za-z0-9][A-Za-z0-9._-]{0,99}$/.test(key) || key.endsWith(".lock")) {
    throw new Error(`"${key.slice(0, 80)}" is no key of a worktree`);
  }
  return {
    key,
    path: join(mirror.worktrees, key),
    gitDir: join(mirror.worktreeGitDirs, key),
    mirror: mirror.gitDir,
  };
}

/**
 * Points the branch and the worktree at a commit. What a crash left half made is completed; the
 * folder itself appears whole, and one that is there is not opened. Implements `Git.addWorktree`.
 */
export async function addWorktreeAt(
  context: GitContext,
  mirror: Mirror,
  { key, branch, sha }: { readonly key: string; readonly branch: string; readonly sha: string },
): Promise<Worktree> {
  const worktree = worktreeAt(mirror, key);
  const ref = refNameOf(`refs/heads/${branch}`);
  await ensureMirror(context.run, mirror);
  await setLocalRef(context, mirror, ref, sha);
  await mkdir(worktree.gitDir, { recursive: true });
  await writeWhole(mirror, join(worktree.gitDir, "commondir"), "../..\n");
  await writeWhole(mirror, join(worktree.gitDir, "gitdir"), `${worktree.path}/.git\n`);
  await writeWhole(mirror, join(worktree.gitDir, "HEAD"), `ref: ${ref}\n`);
  await makeCheckout(mirror, worktree);
  return worktree;
}

async function makeCheckout(mirror: Mirror, worktree: Worktree): Promise<void> {
  if (await isFolder(worktree.path)) return;
  const made = join(mirror.scratch, `worktree-${randomUUID()}`);
  await mkdir(made, { recursive: true });
  await writeFile(join(made, ".git"), `gitdir: ${worktree.gitDir}\n`, { flag: "wx", mode: 0o444 });
  await mkdir(mirror.worktrees, { recursive: true });
  try {
    await rename(made, worktree.path);
  } catch (error) {
    await rm(made, { recursive: true, force: true });
    if (!(await isFolder(worktree.path))) throw error;
  }
}

async function writeWhole(mirror: Mirror, path: string, text: string): Promise<void> {
  const draft = join(mirror.scratch, `file-${randomUUID()}`);
  await mkdir(mirror.scratch, { recursive: true });
  await writeFile(draft, text, { flag: "wx", flush: true });
  await rename(draft, path);
}

async function isFolder(path: string): Promise<boolean> {
  try {
    return (await lstat(path)).isDirectory();
  } catch (error) {
    if (isMissing(error)) return false;
    throw error;
  }
}

/** Removes the checkout, then git's folder of it. Implements `Git.removeWorktree`. */
export async function removeWorktreeAt(mirror: Mirror, key: string): Promise<void> {
  const { path, gitDir } = worktreeAt(mirror, key);
  const trash = join(mirror.home, "trash");
  await removeFolder(path, trash);
  await removeFolder(gitDir, trash);
}

/** Also those of which only one half is left. Implements `Git.worktrees`. */
export async function worktreeKeys(mirror: Mirror): Promise<readonly string[]> {
  const names = [...(await namesIn(mirror.worktrees)), ...(await namesIn(mirror.worktreeGitDirs))];
  return [...new Set(names)].sort();
}

async function namesIn(folder: string): Promise<readonly string[]> {
  try {
    return await readdir(folder);
  } catch (error) {
    if (isMissing(error)) return [];
    throw error;
  }
}
