import type { Git } from "../../ports/git.ts";
import { isAncestorOf, setLocalRef, treeOfCommit, writeCommit } from "./commits.ts";
import { createGitCommand } from "./git-command.ts";
import type { CommitIdentity, GitContext, RemoteOf } from "./git-context.ts";
import { onHostFiles } from "./git-failure.ts";
import { defaultGitLimits, type GitLimits } from "./git-limits.ts";
import { defaultSearchPath } from "./hardening.ts";
import { mergeTrees } from "./merge.ts";
import { createMirrorLocator } from "./mirror.ts";
import { pushRef } from "./push.ts";
import { diffCommits, listFolders, listWholeTree, readCommittedFile } from "./read-objects.ts";
import { receiveCellPack } from "./receive-pack.ts";
import { rememberListings } from "./remember-listings.ts";
import { fetchBranches, remoteRef } from "./remote.ts";
import { problemsOfTree } from "./tree-check.ts";
import { defaultTreeRules, type TreeRules } from "./tree-rules.ts";
import { addWorktreeAt, removeWorktreeAt, worktreeAt, worktreeKeys } from "./worktrees.ts";

export type GitOptions = {
  /** Folder of the product's data on this host; mirrors live in `repos` below it. */
  readonly dataDir: string;
  /** Asked before each use of the remote; with `fresh` after a 401. */
  readonly remoteOf: RemoteOf;
  /** Name and address on the product's commits. */
  readonly identity?: CommitIdentity;
  readonly limits?: Partial<GitLimits>;
  readonly treeRules?: Partial<TreeRules>;
  /** PATH of every git process. Default: the system's folders. */
  readonly searchPath?: string;
  /** Proxies and certificate files git needs to reach the remote; nothing else is passed on. */
  readonly environment?: Readonly<Record<string, string>>;
};

export const defaultCommitIdentity: CommitIdentity = {
  name: "FactoryFactory",
  email: "factory-factory[bot]@users.noreply.github.com",
};

/**
 * Git on this host, by the installed `git` (2.38 or later). Nothing runs before the first call.
 * Several processes may use the same `dataDir` at once.
 */
export function createGit(options: GitOptions): Git {
  const limits = { ...defaultGitLimits, ...options.limits };
  const treeRules = { ...defaultTreeRules, ...options.treeRules };
  const identity = options.identity ?? defaultCommitIdentity;
  const { searchPath = defaultSearchPath, environment = {} } = options;
  const mirrorOf = createMirrorLocator(options.dataDir);
  const run = createGitCommand(limits, searchPath, environment);
  const context: GitContext = { run, limits, mirrorOf, remoteOf: options.remoteOf };
  return {
    ...remoteSide(context),
    ...objectSide(context, identity),
    ...cellSide(context, treeRules),
    ...worktreeSide(context),
  };
}

function remoteSide(context: GitContext): Pick<Git, "fetch" | "remoteTip" | "push"> {
  return {
    fetch: (repository) => fetchBranches(context, repository),
    remoteTip: (repository, branch) => remoteRef(context, repository, `refs/heads/${branch}`),
    push: (repository, push) => pushRef(context, repository, push),
  };
}

type ObjectSide =
  | "isAncestor"
  | "treeOf"
  | "mergeTree"
  | "commitTree"
  | "setRef"
  | "diff"
  | "readFile"
  | "list"
  | "listAll";

function objectSide(context: GitContext, identity: CommitIdentity): Pick<Git, ObjectSide> {
  const { mirrorOf } = context;
  const remembered = rememberListings();
  return {
    isAncestor: (repository, ancestor, descendant) =>
      isAncestorOf(context, mirrorOf(repository), ancestor, descendant),
    treeOf: (repository, commit) => treeOfCommit(context, mirrorOf(repository), commit),
    mergeTree: (repository, ours, theirs) =>
      onHostFiles(`merge of ${theirs} into ${ours}`, () =>
        mergeTrees(context, mirrorOf(repository), ours, theirs),
      ),
    commitTree: (repository, commit) =>
      writeCommit(context, mirrorOf(repository), commit, identity),
    setRef: (repository, ref, sha) => setLocalRef(context, mirrorOf(repository), ref, sha),
    diff: (repository, range) => diffCommits(context, mirrorOf(repository), range),
    readFile: (repository, file) => readCommittedFile(context, mirrorOf(repository), file),
    list: async (repository, what) => {
      const mirror = mirrorOf(repository);
      return await remembered(mirror.gitDir, what, (asked) => listFolders(context, mirror, asked));
    },
    listAll: (repository, sha) => listWholeTree(context, mirrorOf(repository), sha),
  };
}

function cellSide(context: GitContext, rules: TreeRules): Pick<Git, "receivePack" | "problemsOf"> {
  const { mirrorOf } = context;
  return {
    receivePack: (repository, pack) =>
      onHostFiles(`the pack for ${mirrorOf(repository).name}`, () =>
        receiveCellPack(context, mirrorOf(repository), pack),
      ),
    problemsOf: (repository, tree, baseTree) =>
      problemsOfTree(context, mirrorOf(repository), { tree, baseTree }, rules),
  };
}

type WorktreeSide = "addWorktree" | "worktree" | "removeWorktree" | "worktrees";

function worktreeSide(context: GitContext): Pick<Git, WorktreeSide> {
  const { mirrorOf } = context;
  return {
    addWorktree: (repository, worktree) =>
      onHostFiles(`making worktree ${worktree.key}`, () =>
        addWorktreeAt(context, mirrorOf(repository), worktree),
      ),
    worktree: (repository, key) => worktreeAt(mirrorOf(repository), key),
    removeWorktree: (repository, key) =>
      onHostFiles(`removing worktree ${key}`, () => removeWorktreeAt(mirrorOf(repository), key)),
    worktrees: (repository) =>
      onHostFiles(`listing worktrees of ${mirrorOf(repository).name}`, () =>
        worktreeKeys(mirrorOf(repository)),
      ),
  };
}
