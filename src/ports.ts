import type { Readable } from "node:stream";
import type { Reaction } from "./domain/effect.ts";
import type { RepositoryRef } from "./domain/epic.ts";

// What the inside asks of the outside. Every method throws PortError when the outside fails:
// `retryable` is weather (time-outs, 5xx, limits), not retryable is a verdict (422, a rule).
// Methods that create something take the natural key by which a repetition finds what exists.

/** A person's permission on a repository, GitHub's `role_name` (custom roles by their base). */
export type Permission = "admin" | "maintain" | "write" | "triage" | "read" | "none";

export type IssueSnapshot = {
  readonly id: number;
  readonly number: number;
  readonly title: string;
  readonly body: string;
  readonly state: "open" | "closed";
  readonly labels: readonly string[];
  readonly author: { readonly id: number; readonly login: string };
  readonly isPullRequest: boolean;
};

export type PullRequestSnapshot = {
  readonly number: number;
  readonly state: "open" | "closed";
  readonly merged: boolean;
  readonly draft: boolean;
  readonly headSha: string;
  readonly headBranch: string;
  readonly baseBranch: string;
  readonly mergeSha: string | null;
};

/** How to find what an earlier, unanswered attempt may have made. */
export type Intent = {
  /** A hidden marker in the body, unique to the effect: `<!-- ff:… -->` without the brackets. */
  readonly marker: string;
  /** When the effect was first tried (ISO 8601, database time); null on the first try: no look-up. */
  readonly triedSince: string | null;
};

/**
 * GitHub, as the App. All text passed in has been through the neutralising renderer. Writes are
 * paced per installation. With `intent.triedSince` set, a create first lists what is there by its
 * natural key and our App as author, and returns that instead of making a second one.
 */
export interface GitHub {
  /** Live permission of a user, by login; never cached. Unknown users are `none`. */
  permissionOf(repository: RepositoryRef, login: string): Promise<Permission>;
  /** null when it does not exist (404, 410) or was transferred away (301). */
  issue(repository: RepositoryRef, number: number): Promise<IssueSnapshot | null>;
  pullRequest(repository: RepositoryRef, number: number): Promise<PullRequestSnapshot | null>;
  /** Default branch's name. */
  defaultBranch(repository: RepositoryRef): Promise<string>;
  createIssue(
    repository: RepositoryRef,
    issue: { readonly title: string; readonly body: string; readonly labels: readonly string[] },
    intent: Intent,
  ): Promise<{ readonly id: number; readonly number: number }>;
  /** Natural key: parent and child; already linked is success. */
  addSubIssue(repository: RepositoryRef, parentNumber: number, childId: number): Promise<void>;
  /** Natural key: the pair; already there is success. `blockerId` is the database id. */
  addBlockedBy(repository: RepositoryRef, issueNumber: number, blockerId: number): Promise<void>;
  createComment(
    repository: RepositoryRef,
    number: number,
    body: string,
    intent: Intent,
  ): Promise<{ readonly id: number }>;
  /** @returns false when the comment is gone (404). */
  updateComment(repository: RepositoryRef, commentId: number, body: string): Promise<boolean>;
  /** Pins where the server knows pinning; elsewhere does nothing. */
  pinComment(repository: RepositoryRef, commentId: number): Promise<void>;
  /** Natural key: GitHub answers 200 when it is already there. */
  react(repository: RepositoryRef, commentId: number, reaction: Reaction): Promise<void>;
  /** Sets exactly one `ff:<state>` label, removing other `ff:` state labels; makes the label when missing. */
  setStateLabel(repository: RepositoryRef, number: number, state: string): Promise<void>;
  closeIssue(
    repository: RepositoryRef,
    number: number,
    reason: "completed" | "not_planned",
  ): Promise<void>;
  /** Natural key: head and base among open pull requests. */
  openPullRequest(
    repository: RepositoryRef,
    request: {
      readonly title: string;
      readonly body: string;
      readonly head: string;
      readonly base: string;
      readonly draft: boolean;
    },
  ): Promise<{ readonly number: number }>;
  updatePullRequest(
    repository: RepositoryRef,
    number: number,
    change: { readonly title?: string; readonly body?: string },
  ): Promise<void>;
  markReadyForReview(repository: RepositoryRef, number: number): Promise<void>;
  /** Closes without merging; a closed or merged one is success. */
  closePullRequest(repository: RepositoryRef, number: number): Promise<void>;
  /** A review of event COMMENT on one exact commit. Natural key: marker among our reviews. */
  review(
    repository: RepositoryRef,
    number: number,
    review: { readonly sha: string; readonly body: string },
    intent: Intent,
  ): Promise<void>;
  /** A completed check run. Natural key: name, commit and `externalId`. */
  publishCheck(
    repository: RepositoryRef,
    check: {
      readonly name: string;
      readonly sha: string;
      readonly externalId: string;
      readonly conclusion: "success" | "failure" | "neutral";
      readonly title: string;
      readonly summary: string;
    },
  ): Promise<void>;
  /** A missing branch is success. */
  deleteBranch(repository: RepositoryRef, branch: string): Promise<void>;
  /** Where git pushes to and fetches from, with a token for this repository alone. */
  gitRemote(
    repository: RepositoryRef,
    /** `fresh` after the remote refused the last token: it is minted anew. */
    options?: { readonly fresh: boolean },
  ): Promise<{ readonly url: string; readonly token: string }>;
}

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

/** What a cell may see and use. Everything else of the host is absent. */
export type Cell = {
  /** `[a-z0-9.-]+`, at most 80 characters: names the cell in logs and folders. */
  readonly id: string;
  /** null: a cell that only sees the mirror. */
  readonly worktree: Worktree | null;
  /** The folder that holds the broker's socket, bound at `/run/factory`; null: no way out at all. */
  readonly brokerDir: string | null;
  /** Added to the allow-listed environment; never a secret of the product. */
  readonly environment: Readonly<Record<string, string>>;
  /** Wall-clock limit; the cell and everything in it is killed. Agents' cells have none of their own. */
  readonly timeoutMs: number | null;
};

export type CellResult = {
  /** null when killed. */
  readonly exitCode: number | null;
  readonly timedOut: boolean;
  readonly stdout: Buffer;
  /** stdout and stderr as they came, cut in the middle at `maxOutputBytes`. */
  readonly output: string;
  readonly truncated: boolean;
};

/** Cells: bubblewrap, no network, environment by allowlist, git directories read-only. */
export interface Sandbox {
  /** The level this host gives, as probed at start, with the reasons when it is not the best. */
  level(): Promise<{
    readonly level: "A" | "B" | "C" | "none";
    readonly missing: readonly string[];
  }>;
  /** The argument array that runs `argv` in a cell: for a tmux pane. Holds no secret. */
  wrap(cell: Cell, argv: readonly string[]): readonly string[];
  /** Runs to the end, bounded; nothing of it is left afterwards. */
  run(
    cell: Cell,
    argv: readonly string[],
    limits: { readonly maxOutputBytes: number; readonly stdin?: Readable | string },
  ): Promise<CellResult>;
  /** Fills a worktree with a commit's or tree's files, from inside a cell of its own. */
  checkout(worktree: Worktree, treeish: string): Promise<void>;
  /** A tree checked out into a fresh throw-away folder, a command run in it, the folder removed. */
  verify(
    mirror: string,
    tree: string,
    command: string,
    limits: { readonly timeoutMs: number; readonly maxOutputBytes: number },
  ): Promise<CellResult>;
  /**
   * Stages all changes of a worktree inside a cell with a private index and object folder, and
   * hands over what is new as a pack.
   * @returns the tree's name and the pack's bytes
   */
  stage(
    worktree: Worktree,
    base: string,
    limits: { readonly maxPackBytes: number },
  ): Promise<{ readonly tree: string; readonly pack: Uint8Array }>;
}

export type SessionInfo = {
  readonly name: string;
  readonly dead: boolean;
  readonly exitCode: number | null;
  readonly signal: number | null;
};

/** The host's private tmux server. No text of people or models passes through its commands. */
export interface Terminal {
  start(session: {
    readonly name: string;
    readonly argv: readonly string[];
    readonly logFile: string;
  }): Promise<void>;
  /** Empty when no server runs. */
  list(): Promise<readonly SessionInfo[]>;
  /** Last lines of the screen, control characters removed. */
  screen(name: string, lines: number): Promise<string>;
  /** A missing session is success. */
  kill(name: string): Promise<void>;
  /** The line a person types to watch. */
  attachCommand(): string;
  /** Ends the server once nothing runs in it. */
  shutdown(): Promise<void>;
}

/** The host's broker: one socket per life, the only way out of a cell. */
export interface Broker {
  /** Makes the folder and socket of a life, and puts its token there for the cell to read. */
  open(life: { readonly name: string; readonly token: string }): Promise<{ readonly dir: string }>;
  /** Closes and removes; missing is success. */
  close(lifeName: string): Promise<void>;
  /** Names of the lives that have a socket. */
  list(): Promise<readonly string[]>;
}

/** Wake-ups. They may be lost, doubled or late: whoever is woken reads what is true. */
export interface Queues {
  /** Never fails its caller: while Redis is away the ticks find the work. */
  wake(wake: Wake): Promise<void>;
  /** @throws {PortError} when Redis does not answer */
  ping(): Promise<void>;
}

export type Wake =
  | { readonly queue: "deliveries" }
  | { readonly queue: "effects"; readonly lane: string }
  | { readonly queue: "agents"; readonly lane: string }
  | { readonly queue: "landings"; readonly epicId: number }
  | { readonly queue: "janitor" };
