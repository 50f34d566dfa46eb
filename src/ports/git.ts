import type { RepositoryRef } from "../domain/epic.ts";

/** A commit the product writes. Dates are given, so that the same input makes the same object. */
export type CommitRequest = {
  readonly tree: string;
  readonly parents: readonly string[];
  /** Whole message with trailers. */
  readonly message: string;
  /** ISO 8601; author and committer date. */
  readonly at: string;
};

export type MergeResult =
  | { readonly kind: "clean"; readonly tree: string }
  /** `tree` holds the conflict markers; `files` are paths, at most 100. */
  | {
      readonly kind: "conflict";
      readonly tree: string;
      readonly files: readonly string[];
      readonly output: string;
    };

/** Something in a folder of a tree; its path is the whole one. */
export type FolderEntry = {
  readonly path: string;
  readonly kind: "file" | "folder" | "other";
  /** The object's name. */
  readonly sha: string;
};

/** What the host refuses in a tree an agent hands over; paths as git quotes them. */
export type TreeProblem = {
  readonly path: string;
  readonly problem:
    | "symlinkOutside"
    | "submodule"
    | "tooLarge"
    | "tooMany"
    | "protected"
    | "badName";
};

/** Folders that belong to one agent's worktree, all absolute. Names carry the repository and epic. */
export type Worktree = {
  readonly key: string;
  /** The checkout: writable in the cell, never opened by the host while a cell lives. */
  readonly path: string;
  /** Its git directory inside the mirror: read-only in the cell. */
  readonly gitDir: string;
  /** The bare mirror: read-only in the cell. */
  readonly mirror: string;
};

/**
 * Git on this host: one bare mirror per repository. Always an explicit `--git-dir`; hooks, filters,
 * fsmonitor, external diff, textconv, file protocol and system configuration are off. Nothing here
 * opens a path inside a worktree.
 */
export interface Git {
  /** Fetches all branches into `refs/remotes/origin/*`; makes the mirror when missing. */
  fetch(repository: RepositoryRef): Promise<void>;
  /** The remote's own answer, now; null when the branch does not exist. */
  remoteTip(repository: RepositoryRef, branch: string): Promise<string | null>;
  /**
   * Pushes one commit to one full ref with a lease on its old value (null: must not exist).
   * @returns `pushed`, also when the ref already is `sha`; `moved` when the lease failed
   * @throws {PortError} not retryable when a rule or permission refuses; retryable for weather
   */
  push(
    repository: RepositoryRef,
    push: { readonly sha: string; readonly ref: string; readonly expected: string | null },
  ): Promise<"pushed" | "moved">;
  isAncestor(repository: RepositoryRef, ancestor: string, descendant: string): Promise<boolean>;
  treeOf(repository: RepositoryRef, commit: string): Promise<string>;
  /** In memory, by `git merge-tree --write-tree`; attributes of `ours` alone count. */
  mergeTree(repository: RepositoryRef, ours: string, theirs: string): Promise<MergeResult>;
  commitTree(repository: RepositoryRef, commit: CommitRequest): Promise<string>;
  /** Keeps objects alive and lets worktrees see them: sets a local ref of the mirror. */
  setRef(repository: RepositoryRef, ref: string, sha: string): Promise<void>;
  /** Takes a pack from a cell: `index-pack --strict --fsck-objects`, size-limited; refuses bad objects as a verdict. */
  receivePack(repository: RepositoryRef, pack: Uint8Array): Promise<void>;
  /** Checks a tree that a cell handed over against the tree it started from. */
  problemsOf(
    repository: RepositoryRef,
    tree: string,
    baseTree: string,
  ): Promise<readonly TreeProblem[]>;
  /** Unified diff from objects alone; cut at `maxBytes` with a line that says so. */
  diff(
    repository: RepositoryRef,
    range: { readonly from: string; readonly to: string; readonly maxBytes: number },
  ): Promise<string>;
  /** null when the path is no regular file of that commit. */
  readFile(
    repository: RepositoryRef,
    file: { readonly sha: string; readonly path: string; readonly maxBytes: number },
  ): Promise<string | null>;
  /** What is in folders of a commit or tree, `""` for its root alone; not what is below that. */
  list(
    repository: RepositoryRef,
    what: { readonly sha: string; readonly folders: readonly string[] },
  ): Promise<readonly FolderEntry[]>;
  /** Everything in a commit or tree, folders included. */
  listAll(repository: RepositoryRef, sha: string): Promise<readonly FolderEntry[]>;
  /** Makes (or finds) the worktree's folders and points its HEAD at `sha`; its files are filled by a cell. */
  addWorktree(
    repository: RepositoryRef,
    worktree: { readonly key: string; readonly branch: string; readonly sha: string },
  ): Promise<Worktree>;
  /** Paths of a worktree that may or may not exist. */
  worktree(repository: RepositoryRef, key: string): Worktree;
  /** Only when no cell lives in it. A missing one is success. */
  removeWorktree(repository: RepositoryRef, key: string): Promise<void>;
  /** Keys of the worktrees this host has for a repository. */
  worktrees(repository: RepositoryRef): Promise<readonly string[]>;
}
