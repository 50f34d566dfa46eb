import type { RepositoryRef } from "../../domain/epic.ts";
import type { RunGitCommand } from "./git-command.ts";
import type { GitLimits } from "./git-limits.ts";
import type { Mirror } from "./mirror.ts";

/** Where git talks to, and the token it shows there. */
export type Remote = { readonly url: string; readonly token: string };

/** Answers with a token for this repository alone; `fresh` asks for one that was never used. */
export type RemoteOf = (
  repository: RepositoryRef,
  options?: { readonly fresh: boolean },
) => Promise<Remote>;

/** Name and address that the product's commits carry. */
export type CommitIdentity = { readonly name: string; readonly email: string };

/** What every part of the adapter works with. */
export type GitContext = {
  readonly run: RunGitCommand;
  readonly limits: GitLimits;
  readonly remoteOf: RemoteOf;
  readonly mirrorOf: (repository: RepositoryRef) => Mirror;
};
