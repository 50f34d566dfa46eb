import { z } from "zod";
import { listCommits } from "../git/commits.ts";
import { diffText, listChanges, patchText } from "../git/diff.ts";
import { refTip } from "../git/refs.ts";
import { checkBody, checkTitle, editText } from "../issue-changes.ts";
import { openPull, setPullState } from "../pull-changes.ts";
import { computeMergeable, mergePull } from "../pull-merge.ts";
import { retarget } from "../pull-moves.ts";
import { notFound, unprocessable, validationFailed } from "../server/github-error.ts";
import { paged } from "../server/paging.ts";
import { created, ok, type Reply, type RepositoryCall, repositoryRoute } from "../server/route.ts";
import type { PullRow } from "../store/code.ts";
import { renderChange, renderCommit } from "../views/commit.ts";
import {
  diffStart,
  measurePull,
  mergeableOf,
  renderPull,
  renderPullSummary,
} from "../views/pull.ts";
import { gitDirOf, type World } from "../world.ts";
import { readPulls, writeContents, writePulls } from "./access-needs.ts";
import { findPull, requireAuthorOr } from "./find.ts";
import { sortRows } from "./issues.ts";

const FILES_LIMIT = 3000;

const newPull = z.object({
  title: z.string().optional(),
  head: z.string(),
  base: z.string(),
  body: z.string().nullish(),
  draft: z.boolean().optional(),
  maintainer_can_modify: z.boolean().optional(),
  issue: z.int().optional(),
});
const pullChange = z.object({
  title: z.string().optional(),
  body: z.string().nullish(),
  state: z.enum(["open", "closed"]).optional(),
  base: z.string().optional(),
  maintainer_can_modify: z.boolean().optional(),
});
const mergeWish = z.object({
  commit_title: z.string().nullish(),
  commit_message: z.string().nullish(),
  sha: z.string().nullish(),
  merge_method: z.enum(["merge", "squash", "rebase"]).nullish(),
});

export const pullRoutes = [
  repositoryRoute({
    method: "GET",
    template: "/pulls",
    access: readPulls,
    handle: (world, call) =>
      paged(world, call, filterPulls(world, call), (row) => renderPullSummary(world, row)),
  }),
  repositoryRoute({
    method: "POST",
    template: "/pulls",
    content: true,
    access: writePulls,
    body: newPull,
    handle: async (world, call) => created(renderPull(world, await open(world, call))),
  }),
  repositoryRoute({
    method: "GET",
    template: "/pulls/{pull_number}",
    access: readPulls,
    handle: showPull,
  }),
  repositoryRoute({
    method: "PATCH",
    template: "/pulls/{pull_number}",
    access: writePulls,
    body: pullChange,
    handle: async (world, call) => ok(renderPull(world, await change(world, call))),
  }),
  repositoryRoute({
    method: "GET",
    template: "/pulls/{pull_number}/commits",
    access: readPulls,
    handle: async (world, call) => {
      const { baseSha, headSha } = findPull(world, call);
      const range = ["--reverse", `${baseSha}..${headSha}`];
      const commits = await listCommits(gitDirOf(world, call.repository.id), range);
      return paged(world, call, commits, (commit) => renderCommit(world, call.repository, commit));
    },
  }),
  repositoryRoute({
    method: "GET",
    template: "/pulls/{pull_number}/files",
    access: readPulls,
    handle: async (world, call) => {
      const pull = findPull(world, call);
      const gitDir = gitDirOf(world, call.repository.id);
      const changes = await listChanges(gitDir, await diffStart(world, pull), pull.headSha);
      return paged(world, call, changes.slice(0, FILES_LIMIT), (item) =>
        renderChange(world, call.repository, pull.headSha, item),
      );
    },
  }),
  repositoryRoute({
    method: "GET",
    template: "/pulls/{pull_number}/merge",
    access: readPulls,
    handle: (world, call) => {
      if (findPull(world, call).mergedAt === null) throw notFound();
      return { status: 204 };
    },
  }),
  repositoryRoute({
    method: "PUT",
    template: "/pulls/{pull_number}/merge",
    content: true,
    access: writeContents,
    body: mergeWish.nullish(),
    handle: merge,
  }),
];

async function showPull(world: World, call: RepositoryCall<null>): Promise<Reply> {
  const pull = findPull(world, call);
  const gitDir = gitDirOf(world, call.repository.id);
  if (/\bdiff\b/u.test(call.accept)) {
    const text = await diffText(gitDir, await diffStart(world, pull), pull.headSha);
    return {
      status: 200,
      text,
      headers: { "content-type": "application/vnd.github.v3.diff; charset=utf-8" },
    };
  }
  if (/\bpatch\b/u.test(call.accept)) {
    const text = await patchText(gitDir, pull.baseSha, pull.headSha);
    return {
      status: 200,
      text,
      headers: { "content-type": "application/vnd.github.v3.patch; charset=utf-8" },
    };
  }
  const rendered = renderPull(world, pull);
  const isOpen = world.tables.issues.must(pull.issueId).state === "open";
  // Like GitHub: the first look says "not known yet" and sets the work going.
  if (isOpen && mergeableOf(world, pull) === null)
    world.background(computeMergeable(world, pull.id));
  return ok(rendered);
}

async function open(world: World, call: RepositoryCall<z.infer<typeof newPull>>): Promise<PullRow> {
  const { title, body = null, draft = false, base, issue } = call.body;
  if (issue !== undefined) throw unprocessable("Issues cannot be turned into pull requests here.");
  if (title === undefined) {
    throw validationFailed({ resource: "PullRequest", field: "title", code: "missing_field" });
  }
  checkTitle("PullRequest", title);
  checkBody("PullRequest", body);
  const head = branchOf(world, call, call.body.head);
  return openPull(world, call.repository, { title, body, head, base, draft }, call.actor());
}

async function change(
  world: World,
  call: RepositoryCall<z.infer<typeof pullChange>>,
): Promise<PullRow> {
  const pull = findPull(world, call);
  const issue = world.tables.issues.must(pull.issueId);
  requireAuthorOr(world, call, issue.userId, "write");
  const { title = issue.title, body = issue.body, state, base } = call.body;
  checkTitle("PullRequest", title);
  checkBody("PullRequest", body);
  const actor = call.actor();
  if (base !== undefined && base !== pull.baseRef) {
    const sha = await refTip(gitDirOf(world, call.repository.id), `refs/heads/${base}`);
    if (sha === null) {
      throw validationFailed({ resource: "PullRequest", field: "base", code: "invalid" });
    }
    const size = await measurePull(world, { ...pull, baseSha: sha });
    world.transaction(() => retarget(world, pull.id, { ref: base, sha, size }, actor));
  }
  world.transaction(() => {
    editText(world, world.tables.issues.must(issue.id), { title, body }, actor);
  });
  if (state !== undefined) {
    await setPullState(world, world.tables.issues.must(issue.id), state, actor);
  }
  return world.tables.pulls.must(pull.id);
}

async function merge(
  world: World,
  call: RepositoryCall<z.infer<typeof mergeWish> | null | undefined>,
): Promise<Reply> {
  const pull = findPull(world, call);
  const wish = {
    sha: call.body?.sha ?? null,
    method: call.body?.merge_method ?? "merge",
    title: call.body?.commit_title ?? null,
    message: call.body?.commit_message ?? null,
  };
  const sha = await mergePull(world, pull, wish, call.caller);
  return ok({ sha, merged: true, message: "Pull Request successfully merged" });
}

// `owner:branch` names a fork's branch on GitHub; here only the repository's own.
function branchOf(world: World, call: RepositoryCall<unknown>, head: string): string {
  const [owner, branch] = head.split(/:(.*)/su);
  if (branch === undefined) return head;
  const own = world.tables.users.must(call.repository.ownerId);
  if (owner?.toLowerCase() === own.key) return branch;
  throw validationFailed({ resource: "PullRequest", field: "head", code: "invalid" });
}

function filterPulls(world: World, call: RepositoryCall<null>): readonly PullRow[] {
  const { query, repository } = call;
  const state = query.get("state") ?? "open";
  const head = query.get("head");
  const base = query.get("base");
  const owner = world.tables.users.must(repository.ownerId).login;
  const rows = world.tables.pulls.find({ repositoryId: repository.id }).flatMap((pull) => {
    const issue = world.tables.issues.must(pull.issueId);
    if (state !== "all" && issue.state !== state) return [];
    if (base !== null && pull.baseRef !== base) return [];
    if (head !== null && head.toLowerCase() !== `${owner}:${pull.headRef}`.toLowerCase()) return [];
    return [{ id: pull.id, createdAt: issue.createdAt, updatedAt: issue.updatedAt, pull }];
  });
  return sortRows(rows, query).map((row) => row.pull);
}
