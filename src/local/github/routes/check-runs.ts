import { z } from "zod";
import { dropOldest, suiteFor, tellCompleted } from "../check-changes.ts";
import { emitCheckRun } from "../events/check-events.ts";
import { readCommit } from "../git/commits.ts";
import { objectType } from "../git/refs.ts";
import { forbidden, notFound, unprocessable } from "../server/github-error.ts";
import { linkTo, sliceOf } from "../server/paging.ts";
import { created, ok, type Reply, type RepositoryCall, repositoryRoute } from "../server/route.ts";
import {
  annotation,
  type CheckRunRow,
  checkAction,
  checkConclusion,
  checkStatus,
} from "../store/code.ts";
import { renderCheckRun } from "../views/check.ts";
import { repositoryPage } from "../views/repository.ts";
import { gitDirOf, type World } from "../world.ts";
import { readChecks, writeChecks } from "./access-needs.ts";
import { resolve } from "./commits.ts";
import { numberParam } from "./find.ts";

const TEXT_LIMIT = 65_535;
const ANNOTATIONS_PER_CALL = 50;
const ACTIONS_LIMIT = 3;

const output = z.object({
  title: z.string().nullish(),
  summary: z.string().max(TEXT_LIMIT).nullish(),
  text: z.string().max(TEXT_LIMIT).nullish(),
  annotations: z.array(annotation).max(ANNOTATIONS_PER_CALL).optional(),
});
const common = {
  details_url: z.string().nullish(),
  external_id: z.string().nullish(),
  status: checkStatus.optional(),
  conclusion: checkConclusion.nullish(),
  started_at: z.iso.datetime({ offset: true }).nullish(),
  completed_at: z.iso.datetime({ offset: true }).nullish(),
  output: output.nullish(),
  actions: z.array(checkAction).max(ACTIONS_LIMIT).optional(),
};
const newRun = z.object({ name: z.string().min(1), head_sha: z.string(), ...common });
const runChange = z.object({ name: z.string().min(1).optional(), ...common });
type RunFields = z.infer<typeof runChange>;

export const checkRunRoutes = [
  repositoryRoute({
    method: "POST",
    template: "/check-runs",
    access: writeChecks,
    body: newRun,
    handle: async (world, call) => created(renderCheckRun(world, await createRun(world, call))),
  }),
  repositoryRoute({
    method: "GET",
    template: "/check-runs/{check_run_id}",
    access: readChecks,
    handle: (world, call) => ok(renderCheckRun(world, findRun(world, call))),
  }),
  repositoryRoute({
    method: "PATCH",
    template: "/check-runs/{check_run_id}",
    access: writeChecks,
    body: runChange,
    handle: async (world, call) => ok(renderCheckRun(world, await changeRun(world, call))),
  }),
  repositoryRoute({
    method: "GET",
    template: "/check-runs/{check_run_id}/annotations",
    access: readChecks,
    handle: (world, call) => {
      const run = findRun(world, call);
      const blob = `${repositoryPage(world, call.repository)}/blob/${run.headSha}`;
      return ok(run.annotations.map((item) => ({ ...item, blob_href: `${blob}/${item.path}` })));
    },
  }),
  repositoryRoute({
    method: "POST",
    template: "/check-runs/{check_run_id}/rerequest",
    access: writeChecks,
    handle: (world, call) => {
      const run = findRun(world, call);
      world.transaction(() =>
        emitCheckRun(world, run, { action: "rerequested", actor: call.actor() }),
      );
      return created({});
    },
  }),
  repositoryRoute({
    method: "GET",
    template: "/commits/{ref}/check-runs",
    multiSegment: ["ref"],
    access: readChecks,
    handle: async (world, call) => {
      const headSha = await resolve(world, call, call.params["ref"] ?? "");
      const rows = world.tables.checkRuns.find({ repositoryId: call.repository.id, headSha });
      return listRuns(world, call, rows);
    },
  }),
];

/** Answers a list of check runs, by the query's check_name, app_id, status and filter. */
export function listRuns(
  world: World,
  call: RepositoryCall<unknown>,
  rows: readonly CheckRunRow[],
): Reply {
  const { query } = call;
  const appId = query.has("app_id") ? Number(query.get("app_id")) : null;
  const fitting = rows.filter(
    (run) =>
      (appId === null || run.appId === appId) &&
      run.name === (query.get("check_name") ?? run.name) &&
      run.status === (query.get("status") ?? run.status),
  );
  const chosen = query.get("filter") === "all" ? fitting : latestOfName(fitting);
  const runs = sliceOf(call, chosen).map((run) => renderCheckRun(world, run));
  const body = { total_count: chosen.length, check_runs: runs };
  return { status: 200, body, headers: linkTo(world, call, chosen.length) };
}

function latestOfName(runs: readonly CheckRunRow[]): readonly CheckRunRow[] {
  const latest = new Map(runs.map((run) => [`${run.appId} ${run.name}`, run]));
  return [...latest.values()];
}

const BLANK_RUN = {
  conclusion: null,
  externalId: null,
  detailsUrl: null,
  completedAt: null,
  title: null,
  summary: null,
  text: null,
  annotations: [],
  actions: [],
};

async function createRun(
  world: World,
  call: RepositoryCall<z.infer<typeof newRun>>,
): Promise<CheckRunRow> {
  const { caller, repository, body } = call;
  if (caller.kind !== "installation") throw forbidden("You must authenticate via a GitHub App.");
  const gitDir = gitDirOf(world, repository.id);
  const isCommit = /^[0-9a-f]{40}$/u.test(body.head_sha);
  if (!isCommit || (await objectType(gitDir, body.head_sha)) !== "commit") {
    throw unprocessable(`No commit found for SHA: ${body.head_sha}`);
  }
  const headCommit = await readCommit(gitDir, body.head_sha);
  return world.transaction(() => {
    const suite = suiteFor(world, repository.id, caller.app.id, body.head_sha);
    const row = world.tables.checkRuns.insert({
      ...BLANK_RUN,
      startedAt: world.now(),
      repositoryId: repository.id,
      suiteId: suite.id,
      appId: caller.app.id,
      headSha: body.head_sha,
      name: body.name,
      status: body.status ?? "queued",
    });
    const filled = world.tables.checkRuns.update(row.id, fieldsOf(world, row, body));
    dropOldest(world, filled);
    emitCheckRun(world, filled, { action: "created", actor: call.actor() });
    tellCompleted(world, filled, { actor: call.actor(), headCommit });
    return filled;
  });
}

async function changeRun(world: World, call: RepositoryCall<RunFields>): Promise<CheckRunRow> {
  const run = findRun(world, call);
  if (call.caller.kind !== "installation" || call.caller.app.id !== run.appId) {
    throw forbidden(
      "Invalid app_id `" +
        String(run.appId) +
        "` - check run can only be modified by the GitHub App that created it.",
    );
  }
  const headCommit = await readCommit(gitDirOf(world, call.repository.id), run.headSha);
  return world.transaction(() => {
    const before = world.tables.checkRuns.must(run.id);
    const updated = world.tables.checkRuns.update(run.id, fieldsOf(world, before, call.body));
    if (before.status !== "completed")
      tellCompleted(world, updated, { actor: call.actor(), headCommit });
    return updated;
  });
}

function fieldsOf(world: World, run: CheckRunRow, body: RunFields): Partial<CheckRunRow> {
  // A conclusion completes a run, whatever status came with it.
  const concluded = body.conclusion !== undefined && body.conclusion !== null;
  const status = concluded ? "completed" : (body.status ?? run.status);
  if (status === "completed" && !concluded && run.conclusion === null) {
    throw unprocessable("Invalid request.\n\nA completed check run needs a conclusion.");
  }
  const instant = (text: string | null | undefined, otherwise: number | null) =>
    text === undefined || text === null ? otherwise : Date.parse(text);
  const given = body.output ?? {};
  return {
    name: body.name ?? run.name,
    status,
    conclusion: status === "completed" ? (body.conclusion ?? run.conclusion) : null,
    externalId: body.external_id ?? run.externalId,
    detailsUrl: body.details_url ?? run.detailsUrl,
    startedAt: instant(body.started_at, run.startedAt),
    completedAt:
      status === "completed" ? instant(body.completed_at, run.completedAt ?? world.now()) : null,
    title: given.title ?? run.title,
    summary: given.summary ?? run.summary,
    text: given.text ?? run.text,
    annotations: [...run.annotations, ...(given.annotations ?? [])],
    actions: body.actions ?? run.actions,
  };
}

function findRun(world: World, call: RepositoryCall<unknown>): CheckRunRow {
  const run = world.tables.checkRuns.get(numberParam(call, "check_run_id"));
  if (run === null || run.repositoryId !== call.repository.id) throw notFound();
  return run;
}
