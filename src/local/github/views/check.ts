import type { Commit } from "../git/commits.ts";
import type { JsonObject } from "../json.ts";
import type { CheckRunRow, CheckSuiteRow, StatusRow } from "../store/code.ts";
import { nodeId, timestamp, timestampOrNull, type World } from "../world.ts";
import { renderPullMinimal } from "./pull.ts";
import { renderRepository, repositoryApi, repositoryPage } from "./repository.ts";
import { renderAppById, renderUserById } from "./user.ts";

/** A check run as the API carries it. */
export function renderCheckRun(world: World, run: CheckRunRow): JsonObject {
  const repository = world.tables.repositories.must(run.repositoryId);
  const api = `${repositoryApi(world, repository)}/check-runs/${run.id}`;
  const page = `${repositoryPage(world, repository)}/runs/${run.id}`;
  return {
    id: run.id,
    head_sha: run.headSha,
    node_id: nodeId("CR", run.id),
    external_id: run.externalId ?? "",
    url: api,
    html_url: page,
    details_url: run.detailsUrl ?? world.tables.apps.must(run.appId).externalUrl,
    status: run.status,
    conclusion: run.conclusion,
    started_at: timestampOrNull(run.startedAt),
    completed_at: timestampOrNull(run.completedAt),
    output: {
      title: run.title,
      summary: run.summary,
      text: run.text,
      annotations_count: run.annotations.length,
      annotations_url: `${api}/annotations`,
    },
    name: run.name,
    check_suite: { id: run.suiteId },
    app: renderAppById(world, run.appId),
    pull_requests: pullsAt(world, run.repositoryId, run.headSha),
  };
}

/** A check run as webhooks carry it, with its suite. */
export function renderCheckRunWithSuite(world: World, run: CheckRunRow): JsonObject {
  const suite = world.tables.checkSuites.must(run.suiteId);
  const {
    latest_check_runs_count: _,
    head_commit: __,
    check_runs_url: ___,
    ...simple
  } = renderCheckSuite(world, suite, null);
  return { ...renderCheckRun(world, run), check_suite: simple };
}

/** A check suite; `headCommit` null leaves the commit out. */
export function renderCheckSuite(
  world: World,
  suite: CheckSuiteRow,
  headCommit: Commit | null,
): JsonObject {
  const repository = world.tables.repositories.must(suite.repositoryId);
  const url = `${repositoryApi(world, repository)}/check-suites/${suite.id}`;
  const { status, conclusion } = suiteOutcome(world, suite);
  return {
    id: suite.id,
    node_id: nodeId("CS", suite.id),
    head_branch: suite.headBranch,
    head_sha: suite.headSha,
    status,
    conclusion,
    url,
    before: suite.before,
    after: suite.headSha,
    pull_requests: pullsAt(world, suite.repositoryId, suite.headSha),
    app: renderAppById(world, suite.appId),
    repository: renderRepository(world, repository),
    created_at: timestamp(suite.createdAt),
    updated_at: timestamp(suite.updatedAt),
    latest_check_runs_count: world.tables.checkRuns.count({ suiteId: suite.id }),
    check_runs_url: `${url}/check-runs`,
    ...(headCommit === null ? {} : { head_commit: renderSimpleCommit(headCommit) }),
  };
}

/** A suite's state follows from its runs. */
export function suiteOutcome(
  world: World,
  suite: CheckSuiteRow,
): { readonly status: string; readonly conclusion: string | null } {
  const runs = world.tables.checkRuns.find({ suiteId: suite.id });
  if (runs.length === 0) return { status: "queued", conclusion: null };
  if (runs.some((run) => run.status !== "completed")) {
    return { status: "in_progress", conclusion: null };
  }
  const conclusions = new Set(runs.map((run) => run.conclusion));
  const worst = ["failure", "timed_out", "cancelled", "action_required", "stale"] as const;
  const found = worst.find((conclusion) => conclusions.has(conclusion));
  return { status: "completed", conclusion: found ?? "success" };
}

/** A commit inside suites and pushes. */
function renderSimpleCommit(commit: Commit): JsonObject {
  const { name, email } = commit.author;
  return {
    id: commit.sha,
    tree_id: commit.tree,
    message: commit.message,
    timestamp: commit.committer.date,
    author: { name, email },
    committer: { name: commit.committer.name, email: commit.committer.email },
  };
}

/** A commit status as `POST R/statuses/{sha}` answers. */
export function renderStatus(world: World, status: StatusRow): JsonObject {
  return { ...renderSimpleStatus(world, status), creator: renderUserById(world, status.creatorId) };
}

/** A commit status inside the combined one. */
export function renderSimpleStatus(world: World, status: StatusRow): JsonObject {
  const repository = world.tables.repositories.must(status.repositoryId);
  return {
    url: `${repositoryApi(world, repository)}/statuses/${status.sha}`,
    avatar_url: `${world.origin}/avatars/${status.creatorId}`,
    id: status.id,
    node_id: nodeId("SC", status.id),
    state: status.state,
    description: status.description,
    target_url: status.targetUrl,
    context: status.context,
    created_at: timestamp(status.createdAt),
    updated_at: timestamp(status.createdAt),
  };
}

function pullsAt(world: World, repositoryId: number, headSha: string): readonly JsonObject[] {
  return world.tables.pulls
    .find({ repositoryId, headSha })
    .filter((pull) => world.tables.issues.must(pull.issueId).state === "open")
    .map((pull) => renderPullMinimal(world, pull));
}
