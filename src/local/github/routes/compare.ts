import { type Commit, countCommits, listCommits, mergeBase, readCommit } from "../git/commits.ts";
import { diffText, listChanges, patchText } from "../git/diff.ts";
import { notFound } from "../server/github-error.ts";
import { linkTo, sliceOf } from "../server/paging.ts";
import { type Reply, type RepositoryCall, repositoryRoute } from "../server/route.ts";
import { renderChange, renderCommit } from "../views/commit.ts";
import { repositoryApi, repositoryPage } from "../views/repository.ts";
import { gitDirOf, type World } from "../world.ts";
import { readContents } from "./access-needs.ts";
import { resolve } from "./commits.ts";

const COMMITS_LIMIT = 10_000;
const FILES_LIMIT = 300;

export const compareRoutes = [
  repositoryRoute({
    method: "GET",
    template: "/compare/{basehead}",
    multiSegment: ["basehead"],
    access: readContents,
    handle: compare,
  }),
];

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
  const changes = (await listChanges(gitDir, fork, head)).slice(0, FILES_LIMIT);
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
      commits: sliceOf(call, commits).map(render),
      files: changes.map((change) => renderChange(world, call.repository, head, change)),
    },
  };
}

function comparisonStatus(ahead: number, behind: number): string {
  if (ahead > 0 && behind > 0) return "diverged";
  if (ahead > 0) return "ahead";
  return behind > 0 ? "behind" : "identical";
}
