// One REST request from credentials to answer.

import { createHash } from "node:crypto";
import { setTimeout as wait } from "node:timers/promises";
import type { World } from "../world.ts";
import { requireAccess, visibleRepository } from "./access.ts";
import { authenticate } from "./authenticate.ts";
import { budgetKeyOf, type Caller } from "./caller.ts";
import type { Counters } from "./counters.ts";
import type { Faults, RequestFault } from "./faults.ts";
import { GitHubError, notFound } from "./github-error.ts";
import { budgetHeaders, type Limits } from "./limits.ts";
import type { createRecorder } from "./recorder.ts";
import type { Call, Endpoint, Reply } from "./route.ts";
import type { Match } from "./router.ts";

/** What stands between the network and the routes. */
export type Gate = {
  readonly limits: Limits;
  readonly counters: Counters;
  readonly faults: Faults;
  readonly record: ReturnType<typeof createRecorder>;
  readonly match: (method: string, path: string) => Match | null;
};

/** A request as the network layer hands it over; `path` without `/api/v3`. */
export type RestRequest = {
  readonly method: string;
  readonly path: string;
  readonly search: string;
  readonly authorization: string | undefined;
  readonly accept: string;
  readonly ifNoneMatch: string | undefined;
  readonly bodyText: string;
};

/** An answer ready for the network, or "dropped": the connection is to be cut without one. */
export type RestAnswer =
  | "dropped"
  | { readonly status: number; readonly headers: Record<string, string>; readonly text: string };

/** Answers a request: faults first, then credentials, limits, route, access, and the route's work. */
export async function answerRest(
  world: World,
  gate: Gate,
  request: RestRequest,
): Promise<RestAnswer> {
  const fault = gate.faults.takeForRequest(request.method, request.path + request.search);
  if (fault?.kind === "drop-before") return "dropped";
  if (fault?.kind === "delay") await wait(fault.delayMs);
  if (fault?.kind === "status") return answerOfFault(fault);
  const answer = await answerHonestly(world, gate, request);
  return fault?.kind === "drop-after" ? "dropped" : answer;
}

/** What a fault of the kind "status" answers. */
export function answerOfFault(fault: Extract<RequestFault, { kind: "status" }>): RestAnswer {
  const body = fault.body ?? { message: "Server Error", status: String(fault.status) };
  const headers = { "content-type": "application/json; charset=utf-8", ...fault.headers };
  return { status: fault.status, headers, text: JSON.stringify(body) };
}

async function answerHonestly(world: World, gate: Gate, request: RestRequest): Promise<RestAnswer> {
  const match = gate.match(request.method, request.path);
  let caller: Caller = { kind: "anonymous" };
  let reply: Reply;
  try {
    caller = authenticate(world, request.authorization);
    if (request.path === "/rate_limit") return rateLimit(gate, caller, request);
    gate.limits.spend(budgetKeyOf(caller), "core");
    if (match === null) throw notFound();
    if (match.endpoint.content) gate.limits.spendContent(budgetKeyOf(caller));
    reply = await handle(world, match, caller, request);
  } catch (error) {
    if (!(error instanceof GitHubError)) throw error;
    reply = { status: error.status, body: error.body, headers: error.headers };
  }
  const answer = finish(gate, caller, request, reply);
  account(gate, { request, match, reply, answer });
  return answer;
}

async function handle(
  world: World,
  match: Match,
  caller: Caller,
  request: RestRequest,
): Promise<Reply> {
  const { endpoint, params } = match;
  const repository = repositoryFor(world, endpoint, caller, params);
  const call: Call = {
    method: request.method,
    path: request.path + request.search,
    params,
    query: new URLSearchParams(request.search),
    accept: request.accept,
    caller,
    json: parseBody(request.bodyText),
  };
  return endpoint.handle(world, { ...call, repository });
}

function repositoryFor(
  world: World,
  endpoint: Endpoint,
  caller: Caller,
  params: Readonly<Record<string, string>>,
) {
  const { access } = endpoint;
  if (typeof access === "object") {
    const fullName = `${params["owner"]}/${params["repo"]}`;
    const repository = visibleRepository(world, caller, fullName);
    requireAccess(world, caller, repository, access);
    if (caller.kind === "anonymous" && endpoint.method !== "GET") throw needsAuthentication();
    return repository;
  }
  if (access === "app" && caller.kind !== "app") {
    throw new GitHubError(401, { message: "A JSON web token could not be decoded" });
  }
  if (access === "signed-in" && caller.kind === "anonymous") throw needsAuthentication();
  if (access === "installation" && caller.kind !== "installation") {
    throw new GitHubError(403, {
      message:
        "You must authenticate with an installation access token in order to list repositories for an installation.",
    });
  }
  return null;
}

function finish(gate: Gate, caller: Caller, request: RestRequest, reply: Reply): RestAnswer {
  const key = budgetKeyOf(caller);
  const text = reply.text ?? (reply.body === undefined ? "" : JSON.stringify(reply.body));
  const etag = `W/"${createHash("sha256").update(text).digest("hex")}"`;
  const isGet = request.method === "GET" && reply.status === 200;
  const unchanged = isGet && request.ifNoneMatch?.replace(/^"/u, 'W/"') === etag;
  if (unchanged) gate.limits.giveBack(key, "core");
  const headers = {
    "x-github-media-type": "github.v3; format=json",
    "x-github-api-version-selected": "2022-11-28",
    "x-github-request-id": crypto.randomUUID(),
    ...(text === "" ? {} : { "content-type": "application/json; charset=utf-8" }),
    ...(isGet ? { etag, "cache-control": "private, max-age=60, s-maxage=60" } : {}),
    ...budgetHeaders(gate.limits.budget(key, "core")),
    ...reply.headers,
  };
  return unchanged ? { status: 304, headers, text: "" } : { status: reply.status, headers, text };
}

function account(
  gate: Gate,
  done: { request: RestRequest; match: Match | null; reply: Reply; answer: RestAnswer },
): void {
  const { request, match, reply, answer } = done;
  const template = match?.endpoint.template ?? "unknown route";
  const { method } = request;
  const content = match?.endpoint.content ?? false;
  const notModified = answer !== "dropped" && answer.status === 304;
  gate.counters.add({ kind: "rest", method, name: template, content }, notModified);
  if (match === null || reply.text !== undefined) return;
  gate.record({
    kind: "response",
    method,
    template,
    path: request.path,
    status: reply.status,
    request: reply.status >= 400 || request.bodyText === "" ? null : JSON.parse(request.bodyText),
    body: reply.body ?? null,
  });
}

// Asking what is left costs nothing.
function rateLimit(gate: Gate, caller: Caller, request: RestRequest): RestAnswer {
  const show = (resource: "core" | "graphql") => {
    const { limit, used, resetAtS: reset } = gate.limits.budget(budgetKeyOf(caller), resource);
    return { limit, used, remaining: limit - used, reset };
  };
  const core = show("core");
  const search = { limit: 30, used: 0, remaining: 30, reset: core.reset };
  const body = { resources: { core, search, graphql: show("graphql") }, rate: core };
  const reply: Reply = { status: 200, body };
  const answer = finish(gate, caller, request, reply);
  gate.counters.add({ kind: "rest", method: "GET", name: "/rate_limit", content: false }, false);
  gate.record({
    kind: "response",
    method: "GET",
    template: "/rate_limit",
    path: request.path,
    status: 200,
    request: null,
    body,
  });
  return answer;
}

function parseBody(text: string): unknown {
  if (text === "") return {};
  try {
    return JSON.parse(text);
  } catch {
    throw new GitHubError(400, { message: "Problems parsing JSON" });
  }
}

function needsAuthentication(): GitHubError {
  return new GitHubError(401, { message: "Requires authentication" });
}
