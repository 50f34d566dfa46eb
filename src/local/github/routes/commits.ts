// Branches, commits, comparisons, files.

import {
  type Commit,
  commitOf,
  countCommits,
  listCommits,
  mergeBase,
  readCommit,
} from "../git/commits.ts";
import {
  diffText,
  emptyTree,
  listChanges,
  listTree,
  patchText,
  readFileAt,
  type TreeEntry,
} from "../git/diff.ts";
import { listRefs, refTip } from "../git/refs.ts";
import type { Json } from "../json.ts";
import { rulesFor } from "../rules.ts";
import { notFound, unprocessable } from "../server/github-error.ts";
import { linkTo, paged, pageOf } from "../server/paging.ts";
import { ok, type Reply, type RepositoryCall, repositoryRoute } from "../server/route.ts";
import { renderChange, renderCommit } from "../views/commit.ts";
import { renderPullSummary } from "../views/pull.ts";
import { repositoryApi, repositoryPage } from "../views/repository.ts";
import { gitDirOf, type World } from "../world.ts";
import { readContents, readPulls } from "./access-needs.ts";

const COMMITS_LIMIT = 10_000;
const COMPARE_FILES_LIMIT = 300;

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
  repositoryRoute({
    method: "GET",
    template: "/compare/{basehead}",
    multiSegment: ["basehead"],
    access: readContents,
    handle: compare,
  }),
  repositoryRoute({
    method: "GET",
    template: "/contents/{path}",
    multiSegment: ["path"],
    access: readContents,
    handle: showContents,
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

async function compare(world: World, call: RepositoryCall<null>): Promise<Reply> {
  const [baseName, headName] = (call.params["basehead"] ?? "").split(/\.\.\.?/u);
  if (baseName === undefined || headName === undefined) throw notFound();
  const plain = (name: string) => name.replace(/^[^:]+:/u, "");
  const base = await resolve(world, call, plain(baseName));
  const head = await resolve(world, call, plain(headName));
  const gitDir = gitDirOf(world, call.repository.id);
  const fork = await mergeBase(gitDir, base, head);
  if (fork === null) throw notFound("No common ancestor between the two commits");
  if (/\bdiff\b/u.test(call.accept)) {
    const text = await diffText(gitDir, fork, head);
    return {
      status: 200,
      text,
      headers: { "content-type": "application/vnd.github.v3.diff; charset=utf-8" },
    };
  }
  if (/\bpatch\b/u.test(call.accept)) {
    const text = await patchText(gitDir, fork, head);
    return {
      status: 200,
      text,
      headers: { "content-type": "application/vnd.github.v3.patch; charset=utf-8" },
    };
  }
  return describeComparison(world, call, { base, head, fork, names: [baseName, headName] });
}

async function describeComparison(
  world: World,
  call: RepositoryCall<null>,
  ends: { base: string; head: string; fork: string; names: readonly [string, string] },
): Promise<Reply> {
  const { base, head, fork, names } = ends;
  const gitDir = gitDirOf(world, call.repository.id);
  const ahead = await countCommits(gitDir, base, head);
  const behind = await countCommits(gitDir, head, base);
  const range = ["--reverse", `${base}..${head}`];
  const commits = await listCommits(gitDir, range, COMMITS_LIMIT);
  const { page, size } = pageOf(call.query);
  const changes = (await listChanges(gitDir, fork, head)).slice(0, COMPARE_FILES_LIMIT);
  const render = (commit: Commit) => renderCommit(world, call.repository, commit);
  const url = `/compare/${names[0]}...${names[1]}`;
  const html = `${repositoryPage(world, call.repository)}${url}`;
  return {
    status: 200,
    headers: linkTo(world, call, commits.length),
    body: {
      url: `${repositoryApi(world, call.repository)}${url}`,
      html_url: html,
      permalink_url: html,
      diff_url: `${html}.diff`,
      patch_url: `${html}.patch`,
      base_commit: render(await readCommit(gitDir, base)),
      merge_base_commit: render(await readCommit(gitDir, fork)),
      status: comparisonStatus(ahead, behind),
      ahead_by: ahead,
      behind_by: behind,
      total_commits: ahead,
      commits: commits.slice((page - 1) * size, page * size).map(render),
      files: changes.map((change) => renderChange(world, call.repository, head, change)),
    },
  };
}

function comparisonStatus(ahead: number, behind: number): string {
  if (ahead > 0 && behind > 0) return "diverged";
  if (ahead > 0) return "ahead";
  return behind > 0 ? "behind" : "identical";
}

async function showContents(world: World, call: RepositoryCall<null>): Promise<Reply> {
  const gitDir = gitDirOf(world, call.repository.id);
  const name = call.query.get("ref") ?? call.repository.defaultBranch;
  const sha = await resolve(world, call, name);
  const path = (call.params["path"] ?? "").replace(/^\/+|\/+$/gu, "");
  const file = await readFileAt(gitDir, sha, path);
  if (file === null) {
    const entries = await listTree(gitDir, sha, `${path}/`);
    if (entries.length === 0) throw notFound();
    return ok(entries.map((entry) => renderEntry(world, call, entry, name)));
  }
  const { blob, base64, size } = file;
  if (/\braw\b/u.test(call.accept)) {
    const text = Buffer.from(base64, "base64").toString();
    return {
      status: 200,
      text,
      headers: { "content-type": "application/vnd.github.v3.raw; charset=utf-8" },
    };
  }
  const entry = renderEntry(world, call, { type: "blob", sha: blob, size, path }, name);
  // GitHub breaks the base64 into lines of 60.
  const content = base64.replace(/.{60}/gu, "$&\n");
  return ok({ ...entry, encoding: "base64", content: `${content}\n` });
}

function renderEntry(
  world: World,
  call: RepositoryCall<null>,
  entry: TreeEntry,
  ref: string,
): { readonly [key: string]: Json } {
  const { repository } = call;
  const api = repositoryApi(world, repository);
  const page = repositoryPage(world, repository);
  const path = entry.path.split("/").map(encodeURIComponent).join("/");
  const isFile = entry.type === "blob";
  const self = `${api}/contents/${path}?ref=${encodeURIComponent(ref)}`;
  const git = `${api}/git/${isFile ? "blobs" : "trees"}/${entry.sha}`;
  const html = `${page}/${isFile ? "blob" : "tree"}/${ref}/${path}`;
  return {
    type: isFile ? "file" : "dir",
    name: entry.path.split("/").at(-1) ?? "",
    path: entry.path,
    sha: entry.sha,
    size: entry.size,
    url: self,
    git_url: git,
    html_url: html,
    download_url: isFile ? `${page}/raw/${ref}/${path}` : null,
    _links: { self, git, html },
  };
}

function isProtected(world: World, call: RepositoryCall<unknown>, branch: string): boolean {
  return rulesFor(world, call.repository, branch).length > 0;
}
