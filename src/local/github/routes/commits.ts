// Branches and commits.

import { commitOf, listCommits, readCommit } from "../git/commits.ts";
import { diffText, emptyTree, listChanges } from "../git/diff.ts";
import { listRefs, refTip } from "../git/refs.ts";
import { rulesFor } from "../rules.ts";
import { notFound, unprocessable } from "../server/github-error.ts";
import { paged } from "../server/paging.ts";
import { ok, type Reply, type RepositoryCall, repositoryRoute } from "../server/route.ts";
import { renderChange, renderCommit } from "../views/commit.ts";
import { renderPullSummary } from "../views/pull.ts";
import { repositoryApi, repositoryPage } from "../views/repository.ts";
import { gitDirOf, type World } from "../world.ts";
import { readContents, readPulls } from "./access-needs.ts";

const COMMITS_LIMIT = 10_000;

export const commitRoutes = [
  repositoryRoute({
    method: "GET",
    template: "/branches",
    access: readContents,
    handle: async (world, call) => {
      const refs = [...(await listRefs(gitDirOf(world, call.repository.id), ["refs/heads/"]))];
      return paged(world, call, refs, ([ref, sha]) => {
        const name = ref.slice("refs/heads/".length);
        const url = `${repositoryApi(world, call.repository)}/commits/${sha}`;
        return { name, commit: { sha, url }, protected: isProtected(world, call, name) };
      });
    },
  }),
  repositoryRoute({
    method: "GET",
    template: "/branches/{branch}",
    multiSegment: ["branch"],
    access: readContents,
    handle: showBranch,
  }),
  repositoryRoute({
    method: "GET",
    template: "/commits",
    access: readContents,
    handle: listHistory,
  }),
  repositoryRoute({
    method: "GET",
    template: "/commits/{ref}",
    multiSegment: ["ref"],
    access: readContents,
    handle: showCommit,
  }),
  repositoryRoute({
    method: "GET",
    template: "/commits/{commit_sha}/pulls",
    access: readPulls,
    handle: async (world, call) => {
      const sha = await resolve(world, call, call.params["commit_sha"] ?? "");
      const rows = world.tables.pulls
        .find({ repositoryId: call.repository.id })
        .filter((pull) => pull.headSha === sha || pull.mergeCommitSha === sha);
      return paged(world, call, rows, (row) => renderPullSummary(world, row));
    },
  }),
];

/** The commit that a branch, tag or id names in a request. @throws GitHubError 404 or 422 like GitHub */
export async function resolve(
  world: World,
  call: RepositoryCall<unknown>,
  name: string,
): Promise<string> {
  const gitDir = gitDirOf(world, call.repository.id);
  const short = name.replace(/^(refs\/)?(heads|tags)\//u, "");
  const sha =
    (await refTip(gitDir, `refs/heads/${short}`)) ??
    (/[\s:^~]/u.test(name) ? null : await commitOf(gitDir, name));
  if (sha !== null) return sha;
  if (/^[0-9a-f]{40}$/u.test(name)) throw unprocessable(`No commit found for SHA: ${name}`);
  throw notFound("Not Found");
}

async function showBranch(world: World, call: RepositoryCall<null>): Promise<Reply> {
  const name = call.params["branch"] ?? "";
  const gitDir = gitDirOf(world, call.repository.id);
  const sha = await refTip(gitDir, `refs/heads/${name}`);
  if (sha === null) throw notFound("Branch not found");
  const api = `${repositoryApi(world, call.repository)}/branches/${name}`;
  const html = `${repositoryPage(world, call.repository)}/tree/${name}`;
  return ok({
    name,
    commit: renderCommit(world, call.repository, await readCommit(gitDir, sha)),
    _links: { html, self: api },
    protected: isProtected(world, call, name),
    protection: { enabled: false },
    protection_url: `${api}/protection`,
  });
}

async function listHistory(world: World, call: RepositoryCall<null>): Promise<Reply> {
  const { query, repository } = call;
  const gitDir = gitDirOf(world, repository.id);
  const name = query.get("sha") ?? repository.defaultBranch;
  const sha = await resolve(world, call, name);
  const path = query.get("path");
  const filters = [
    ...(query.has("since") ? [`--since=${query.get("since")}`] : []),
    ...(query.has("until") ? [`--until=${query.get("until")}`] : []),
  ];
  if (path !== null) throw unprocessable("Filtering commits by path is not offered here.");
  const commits = await listCommits(gitDir, [...filters, sha], COMMITS_LIMIT);
  return paged(world, call, commits, (commit) => renderCommit(world, repository, commit));
}

async function showCommit(world: World, call: RepositoryCall<null>): Promise<Reply> {
  const gitDir = gitDirOf(world, call.repository.id);
  const sha = await resolve(world, call, call.params["ref"] ?? "");
  if (/vnd\.github\.(v3\.)?sha/u.test(call.accept)) {
    return {
      status: 200,
      text: sha,
      headers: { "content-type": "application/vnd.github.v3.sha; charset=utf-8" },
    };
  }
  const commit = await readCommit(gitDir, sha);
  const from = commit.parents[0] ?? (await emptyTree(gitDir));
  if (/\bdiff\b/u.test(call.accept)) {
    const text = await diffText(gitDir, from, sha);
    return {
      status: 200,
      text,
      headers: { "content-type": "application/vnd.github.v3.diff; charset=utf-8" },
    };
  }
  const changes = await listChanges(gitDir, from, sha);
  const additions = changes.reduce((sum, change) => sum + change.additions, 0);
  const deletions = changes.reduce((sum, change) => sum + change.deletions, 0);
  return ok({
    ...renderCommit(world, call.repository, commit),
    stats: { additions, deletions, total: additions + deletions },
    files: changes.map((change) => renderChange(world, call.repository, sha, change)),
  });
}

function isProtected(world: World, call: RepositoryCall<unknown>, branch: string): boolean {
  return rulesFor(world, call.repository, branch).length > 0;
}
