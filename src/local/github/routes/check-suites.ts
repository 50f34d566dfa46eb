// Check suites, and commit statuses.

import { z } from "zod";
import { emitCheckSuite, emitStatus } from "../events/check-events.ts";
import { readCommit } from "../git/commits.ts";
import { listRefs } from "../git/refs.ts";
import { notFound } from "../server/github-error.ts";
import { linkTo, paged, sliceOf } from "../server/paging.ts";
import { created, ok, type Reply, type RepositoryCall, repositoryRoute } from "../server/route.ts";
import type { CheckSuiteRow, StatusRow } from "../store/code.ts";
import { renderCheckSuite, renderSimpleStatus, renderStatus } from "../views/check.ts";
import { renderRepository, repositoryApi } from "../views/repository.ts";
import { gitDirOf, type World } from "../world.ts";
import { readChecks, readStatuses, writeChecks, writeStatuses } from "./access-needs.ts";
import { listRuns } from "./check-runs.ts";
import { resolve } from "./commits.ts";
import { numberParam } from "./find.ts";

const newStatus = z.object({
  state: z.enum(["error", "failure", "pending", "success"]),
  target_url: z.string().nullish(),
  description: z.string().max(140).nullish(),
  context: z.string().optional(),
});

export const checkSuiteRoutes = [
  repositoryRoute({
    method: "GET",
    template: "/commits/{ref}/check-suites",
    multiSegment: ["ref"],
    access: readChecks,
    handle: listSuites,
  }),
  repositoryRoute({
    method: "GET",
    template: "/check-suites/{check_suite_id}",
    access: readChecks,
    handle: async (world, call) => ok(await showSuite(world, findSuite(world, call))),
  }),
  repositoryRoute({
    method: "GET",
    template: "/check-suites/{check_suite_id}/check-runs",
    access: readChecks,
    handle: (world, call) => {
      const suiteId = findSuite(world, call).id;
      return listRuns(world, call, world.tables.checkRuns.find({ suiteId }));
    },
  }),
  repositoryRoute({
    method: "POST",
    template: "/check-suites/{check_suite_id}/rerequest",
    access: writeChecks,
    handle: async (world, call) => {
      const suite = findSuite(world, call);
      const headCommit = await readCommit(gitDirOf(world, suite.repositoryId), suite.headSha);
      const actor = call.actor();
      world.transaction(() =>
        emitCheckSuite(world, suite, { action: "rerequested", actor, headCommit }),
      );
      return created({});
    },
  }),
  repositoryRoute({
    method: "GET",
    template: "/commits/{ref}/status",
    multiSegment: ["ref"],
    access: readStatuses,
    handle: combinedStatus,
  }),
  repositoryRoute({
    method: "GET",
    template: "/commits/{ref}/statuses",
    multiSegment: ["ref"],
    access: readStatuses,
    handle: async (world, call) => {
      const rows = await statusesAt(world, call);
      return paged(world, call, [...rows].reverse(), (row) => renderStatus(world, row));
    },
  }),
  repositoryRoute({
    method: "POST",
    template: "/statuses/{sha}",
    access: writeStatuses,
    body: newStatus,
    handle: setStatus,
  }),
];

async function listSuites(world: World, call: RepositoryCall<null>): Promise<Reply> {
  const headSha = await resolve(world, call, call.params["ref"] ?? "");
  const appId = call.query.has("app_id") ? Number(call.query.get("app_id")) : null;
  const rows = world.tables.checkSuites
    .find({ repositoryId: call.repository.id, headSha })
    .filter((suite) => appId === null || suite.appId === appId);
  const suites = await Promise.all(sliceOf(call, rows).map((suite) => showSuite(world, suite)));
  const body = { total_count: rows.length, check_suites: suites };
  return { status: 200, body, headers: linkTo(world, call, rows.length) };
}

async function showSuite(world: World, suite: CheckSuiteRow) {
  const commit = await readCommit(gitDirOf(world, suite.repositoryId), suite.headSha);
  return renderCheckSuite(world, suite, commit);
}

async function combinedStatus(world: World, call: RepositoryCall<null>): Promise<Reply> {
  const { repository } = call;
  const latest = new Map<string, StatusRow>();
  for (const row of await statusesAt(world, call)) latest.set(row.context, row);
  const statuses = [...latest.values()];
  const sha = await resolve(world, call, call.params["ref"] ?? "");
  const api = repositoryApi(world, repository);
  return ok({
    state: combine(statuses),
    statuses: sliceOf(call, statuses).map((row) => renderSimpleStatus(world, row)),
    sha,
    total_count: statuses.length,
    repository: renderRepository(world, repository),
    commit_url: `${api}/commits/${sha}`,
    url: `${api}/commits/${sha}/status`,
  });
}

function combine(statuses: readonly StatusRow[]): string {
  const states = statuses.map((status) => status.state);
  if (states.some((state) => state === "failure" || state === "error")) return "failure";
  return states.length === 0 || states.includes("pending") ? "pending" : "success";
}

async function setStatus(
  world: World,
  call: RepositoryCall<z.infer<typeof newStatus>>,
): Promise<Reply> {
  const { repository, body } = call;
  const gitDir = gitDirOf(world, repository.id);
  const sha = await resolve(world, call, call.params["sha"] ?? "");
  const commit = await readCommit(gitDir, sha);
  const branches = [...(await listRefs(gitDir, ["refs/heads/"]))]
    .filter(([, tip]) => tip === sha)
    .map(([ref]) => ref.slice("refs/heads/".length));
  const actor = call.actor();
  const row = world.transaction(() => {
    const inserted = world.tables.statuses.insert({
      repositoryId: repository.id,
      sha,
      state: body.state,
      context: body.context ?? "default",
      description: body.description ?? null,
      targetUrl: body.target_url ?? null,
      creatorId: actor.user.id,
      createdAt: world.now(),
    });
    emitStatus(world, inserted, { actor, commit, branches });
    return inserted;
  });
  return created(renderStatus(world, row));
}

async function statusesAt(
  world: World,
  call: RepositoryCall<unknown>,
): Promise<readonly StatusRow[]> {
  const sha = await resolve(world, call, call.params["ref"] ?? "");
  return world.tables.statuses.find({ repositoryId: call.repository.id, sha });
}

function findSuite(world: World, call: RepositoryCall<unknown>): CheckSuiteRow {
  const suite = world.tables.checkSuites.get(numberParam(call, "check_suite_id"));
  if (suite === null || suite.repositoryId !== call.repository.id) throw notFound();
  return suite;
}
