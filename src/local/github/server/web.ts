// The network layer: which part of the stand-in a path belongs to, and how its answer is sent.

import type { HttpBindings } from "@hono/node-server";
import { type Context, Hono } from "hono";
import { bodyLimit } from "hono/body-limit";
import { z } from "zod";
import { type ControlPowers, controlApp } from "../control/control-routes.ts";
import { answerGraphql, graphqlRequest, operationOf } from "../graphql.ts";
import { pagesApp } from "../pages/pages.ts";
import type { World } from "../world.ts";
import { authenticate } from "./authenticate.ts";
import { budgetKeyOf } from "./caller.ts";
import { answerGit, gitCallOf } from "./git-http.ts";
import { GitHubError } from "./github-error.ts";
import { budgetHeaders } from "./limits.ts";
import { answerOfFault, answerRest, type Gate, type RestAnswer } from "./rest.ts";

const BODY_LIMIT_BYTES = 25 * 1024 * 1024;
const REST_ROOTS =
  /^\/(app|app-manifests|installation|meta|orgs|rate_limit|repos|user|users)(\/|$)/u;

type Env = { Bindings: HttpBindings };

/** What the network layer needs beside the world. */
export type WebOptions = ControlPowers & {
  readonly gate: Gate;
  readonly hooksDir: string;
  readonly controlToken: string;
};

/** Builds the whole web application: control, git, GraphQL, REST at two places, pages. */
export function webApp(world: World, options: WebOptions): Hono<Env> {
  const app = new Hono<Env>();
  const control = controlApp(world, options);
  const pages = pagesApp(world, options.gate);
  app.onError((error, c) => answerError(error, c));
  app.all("/_control/*", (c) => {
    const sent = c.req.header("authorization");
    if (sent !== `Bearer ${options.controlToken}`) {
      return c.json({ message: "The control token is missing or wrong" }, 401);
    }
    return control.fetch(c.req.raw);
  });
  control.onError((error, c) => answerError(error, c));
  app.use("*", async (c, next) => {
    const call = gitCallOf(c.req.path, searchOf(c));
    return call === null ? next() : git(world, options, call, c);
  });
  app.use("*", bodyLimit({ maxSize: BODY_LIMIT_BYTES }));
  app.post("/graphql", (c) => graphql(world, options.gate, c));
  app.post("/api/graphql", (c) => graphql(world, options.gate, c));
  app.all("/api/v3/*", (c) => rest(world, options.gate, c, c.req.path.slice("/api/v3".length)));
  app.use("*", async (c, next) =>
    REST_ROOTS.test(c.req.path) ? rest(world, options.gate, c, c.req.path) : next(),
  );
  app.all("*", (c) => pages.fetch(c.req.raw));
  return app;
}

async function rest(world: World, gate: Gate, c: Context<Env>, path: string): Promise<Response> {
  const answer = await answerRest(world, gate, {
    method: c.req.method,
    path,
    search: searchOf(c),
    authorization: c.req.header("authorization"),
    accept: c.req.header("accept") ?? "",
    ifNoneMatch: c.req.header("if-none-match"),
    bodyText: await c.req.text(),
  });
  return send(answer, c);
}

async function graphql(world: World, gate: Gate, c: Context<Env>): Promise<Response> {
  const request = graphqlRequest.parse(await c.req.json());
  const fault = gate.faults.takeForRequest("POST", "/graphql");
  if (fault?.kind === "drop-before") return send("dropped", c);
  if (fault?.kind === "status") return send(answerOfFault(fault), c);
  const caller = authenticate(world, c.req.header("authorization"));
  const key = budgetKeyOf(caller);
  gate.limits.spend(key, "graphql");
  const { status, body } = await answerGraphql(world, caller, request);
  const name = operationOf(request);
  gate.counters.add({ kind: "graphql", method: "POST", name, content: false }, false);
  if (fault?.kind === "drop-after") return send("dropped", c);
  const headers = {
    "content-type": "application/json; charset=utf-8",
    ...budgetHeaders(gate.limits.budget(key, "graphql")),
  };
  return send({ status, headers, text: JSON.stringify(body) }, c);
}

async function git(
  world: World,
  options: WebOptions,
  call: NonNullable<ReturnType<typeof gitCallOf>>,
  c: Context<Env>,
): Promise<Response> {
  const { gate, hooksDir } = options;
  const fault = gate.faults.takeForRequest(c.req.method, c.req.path + searchOf(c));
  if (fault?.kind === "drop-before") return send("dropped", c);
  if (fault?.kind === "status") return send(answerOfFault(fault), c);
  const answer = await answerGit(world, call, c.req.raw, hooksDir);
  const kind = { kind: "git", method: c.req.method, name: call.service, content: false } as const;
  gate.counters.add(kind, false);
  return fault?.kind === "drop-after" ? send("dropped", c) : answer;
}

function send(answer: RestAnswer, c: Context<Env>): Response {
  if (answer === "dropped") {
    c.env.incoming.socket.destroy();
    return new Response(null);
  }
  const { status, headers, text } = answer;
  return new Response(text === "" ? null : text, { status, headers });
}

function answerError(error: Error, c: Context): Response {
  if (error instanceof GitHubError) {
    return Response.json(error.body, { status: error.status, headers: error.headers });
  }
  if (error instanceof z.ZodError || error instanceof SyntaxError) {
    return Response.json({ message: error.message }, { status: 422 });
  }
  // A bug of the stand-in: said on its own output, where whoever runs it sees it.
  console.error(`local GitHub: ${c.req.method} ${c.req.path}`, error);
  return Response.json({ message: "Server Error" }, { status: 500 });
}

function searchOf(c: Context): string {
  return new URL(c.req.url).search;
}
