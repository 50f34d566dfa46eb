import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { defaultBudgetLimits } from "../../src/domain/budget.ts";
import { defaultPatienceLimits } from "../../src/gateway/ask-provider.ts";
import { defaultLimiterSettings } from "../../src/gateway/limiter.ts";
import { builtInModels } from "../../src/gateway/models.ts";
import { defaultModelIdleMs } from "../../src/gateway/proxy.ts";
import { defaultMaxTokens, defaultRunnerLimits } from "../../src/http/agent-ports.ts";
import { createWebHandlers, type WebOptions } from "../../src/http/index.ts";
import { defaultModelRequestLimits } from "../../src/http/messages.ts";
import type { Handler } from "../../src/http/route.ts";
import { systemClock } from "../../src/lib/clock.ts";
import { Secret } from "../../src/lib/secret.ts";
import { defaultToolLimits } from "../../src/tools/run-tool.ts";
import { anyBounds, profilesOf } from "../support/epic-view.ts";
import { readSources } from "../support/sources.ts";

export type DocumentedRoute = {
  readonly method: string;
  readonly path: string;
  readonly caller: "GitHub" | "a life" | "anybody";
  readonly meaning: string;
};

type Meaning = Pick<DocumentedRoute, "caller" | "meaning">;

const MEANINGS: Readonly<Record<string, Meaning>> = {
  "/api/github/webhooks": {
    caller: "GitHub",
    meaning: "Checks size and signature, stores the delivery once, answers",
  },
  "/": {
    caller: "GitHub",
    meaning: "The same: where the set-up page registers the App's webhooks",
  },
  "/health": {
    caller: "anybody",
    meaning: "Everything below in one answer; 503 when a part fails",
  },
  "/health/live": { caller: "anybody", meaning: "The process runs" },
  "/health/ready": { caller: "anybody", meaning: "It takes work: not stopping, database there" },
  "/health/database": { caller: "anybody", meaning: "PostgreSQL answers, and since when" },
  "/health/queue": { caller: "anybody", meaning: "Redis answers, and since when" },
  "/agent/start": { caller: "a life", meaning: "Prompt, conversation so far, open calls, limits" },
  "/agent/turns": { caller: "a life", meaning: "Stores a turn of the conversation" },
  "/agent/session": {
    caller: "a life",
    meaning: "Keeps what another harness puts beside turns",
  },
  "/agent/compactions": { caller: "a life", meaning: "Stores a summary of older turns" },
  "/agent/local-calls": {
    caller: "a life",
    meaning: "Stores a call of a local tool, then its reply",
  },
  "/agent/wait": { caller: "a life", meaning: "Waits for mail" },
  "/mcp": {
    caller: "a life",
    meaning: "The tools, by the Model Context Protocol, without sessions",
  },
  "/v1/messages": { caller: "a life", meaning: "The model gateway: passes on, streams, meters" },
  "/v1/messages/count_tokens": { caller: "a life", meaning: "The same for counting tokens" },
};

/**
 * Asks the web process's own handlers which paths they answer, by a method that none of them takes.
 *
 * @throws {Error} when a route has no sentence above, or a handler's path was not found
 */
export async function readRoutes(): Promise<readonly DocumentedRoute[]> {
  const candidates = new Set(
    readSources(["src/http"]).flatMap(({ uncommented }) =>
      [...uncommented.matchAll(/"(\/[\w/.-]*)"/g)].map(([, path = ""]) => path),
    ),
  );
  const handlers = createWebHandlers(idleOptions());
  const found: DocumentedRoute[] = [];
  for (const handler of handlers) found.push(await routeOf(handler, [...candidates]));
  return found;
}

async function routeOf(handler: Handler, candidates: readonly string[]): Promise<DocumentedRoute> {
  for (const path of candidates) {
    const method = await methodOf(handler, path);
    if (method === null) continue;
    const meaning = MEANINGS[path];
    if (!meaning) throw new Error(`${path} is a new route: say in routes.ts what it is for`);
    return { method, path, ...meaning };
  }
  throw new Error("a handler of src/http answers a path that is written nowhere there");
}

async function methodOf(handler: Handler, path: string): Promise<string | null> {
  const server = createServer(async (req, res) => {
    if (!(await handler(req, res))) res.writeHead(404).end();
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  // A server that listens on TCP has an address with a port.
  const { port } = server.address() as AddressInfo;
  try {
    const response = await fetch(`http://127.0.0.1:${port}${path}`, { method: "DELETE" });
    return response.status === 405 ? response.headers.get("allow") : null;
  } finally {
    server.closeAllConnections();
    await new Promise((resolve) => server.close(resolve));
  }
}

/** What the handlers are built from; nothing of it is used before a request is accepted. */
function idleOptions(): WebOptions {
  const silent = () => {};
  return {
    // Never asked: every request of ours is refused for its method.
    store: {} as WebOptions["store"],
    queues: { wake: async () => {}, ping: async () => {} },
    pingQueue: async () => {},
    log: { info: silent, warn: silent, error: silent },
    version: "0.0.0",
    webhookSecret: new Secret("none"),
    knownEvents: new Set(),
    brokerSecret: null,
    isDraining: () => false,
    agents: {
      prompts: {
        systemPrompt: () => "",
        supervisorFirstMessage: () => "",
        orchestratorFirstMessage: () => "",
        workerFirstMessage: () => "",
        mailMessage: () => "",
      },
      modelId: (model) => model,
      maxTokens: defaultMaxTokens,
      contextTokens: () => 1,
      limits: defaultRunnerLimits,
      clock: systemClock,
    },
    tools: defaultToolLimits,
    toolRules: { deniedTools: [], profiles: { profiles: profilesOf("", ""), bounds: anyBounds } },
    gateway: {
      upstream: {
        baseUrl: "http://127.0.0.1",
        credential: { kind: "apiKey", secret: new Secret("none") },
      },
      models: builtInModels,
      allowedModels: [],
      budgets: defaultBudgetLimits,
      limiter: defaultLimiterSettings,
      limits: defaultPatienceLimits,
      requestLimits: defaultModelRequestLimits,
      ...{ drainMs: 1, answerMs: 1, leaseMs: 1 },
      maxTokens: defaultMaxTokens,
      troubleMs: 180_000,
      clock: systemClock,
      idleMs: defaultModelIdleMs,
    },
  };
}
