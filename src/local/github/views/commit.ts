import type { Commit } from "../git/commits.ts";
import type { FileChange } from "../git/diff.ts";
import type { JsonObject } from "../json.ts";
import type { RepositoryRow } from "../store/accounts.ts";
import { nodeId, type World } from "../world.ts";
import { repositoryApi, repositoryPage } from "./repository.ts";
import { renderUser } from "./user.ts";

/** A commit as `GET R/commits/{ref}` and lists carry it. */
export function renderCommit(world: World, repository: RepositoryRow, commit: Commit): JsonObject {
  const api = repositoryApi(world, repository);
  const page = repositoryPage(world, repository);
  return {
    url: `${api}/commits/${commit.sha}`,
    sha: commit.sha,
    node_id: commitNodeId(repository, commit.sha),
    html_url: `${page}/commit/${commit.sha}`,
    comments_url: `${api}/commits/${commit.sha}/comments`,
    commit: {
      url: `${api}/git/commits/${commit.sha}`,
      author: commit.author,
      committer: commit.committer,
      message: commit.message,
      comment_count: 0,
      tree: { sha: commit.tree, url: `${api}/git/trees/${commit.tree}` },
      verification: UNSIGNED,
    },
    author: accountOf(world, commit.author.email),
    committer: accountOf(world, commit.committer.email),
    parents: commit.parents.map((sha) => ({
      sha,
      url: `${api}/commits/${sha}`,
      html_url: `${page}/commit/${sha}`,
    })),
  };
}

/** A changed file of a commit, comparison or pull request. */
export function renderChange(
  world: World,
  repository: RepositoryRow,
  sha: string,
  change: FileChange,
): JsonObject {
  const page = repositoryPage(world, repository);
  const path = change.path.split("/").map(encodeURIComponent).join("/");
  return {
    sha: change.blob,
    filename: change.path,
    status: change.status,
    additions: change.additions,
    deletions: change.deletions,
    changes: change.additions + change.deletions,
    blob_url: `${page}/blob/${sha}/${path}`,
    raw_url: `${page}/raw/${sha}/${path}`,
    contents_url: `${repositoryApi(world, repository)}/contents/${path}?ref=${sha}`,
    ...(change.patch === null ? {} : { patch: change.patch }),
    ...(change.previousPath === null ? {} : { previous_filename: change.previousPath }),
  };
}

/** A ref as `R/git/ref/{ref}` carries it. */
export function renderRef(
  world: World,
  repository: RepositoryRow,
  ref: string,
  object: { readonly sha: string; readonly type: string },
): JsonObject {
  const api = repositoryApi(world, repository);
  return {
    ref,
    node_id: nodeId("REF", repository.id),
    url: `${api}/git/${ref}`,
    object: {
      sha: object.sha,
      type: object.type,
      url: `${api}/git/${object.type}s/${object.sha}`,
    },
  };
}

const UNSIGNED = {
  verified: false,
  reason: "unsigned",
  signature: null,
  payload: null,
  verified_at: null,
};

function commitNodeId(repository: RepositoryRow, sha: string): string {
  return `C_${Buffer.from(`${repository.id}:${sha}`).toString("base64url")}`;
}

// Accounts are known to git by the address `<id>+<login>@users.noreply.github.invalid`.
function accountOf(world: World, email: string): JsonObject | null {
  const id = /^(\d+)\+.*@users\.noreply\./u.exec(email)?.[1];
  const user = id === undefined ? null : world.tables.users.get(Number(id));
  return user === null ? null : renderUser(world, user);
}
