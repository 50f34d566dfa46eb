import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { onTestFinished } from "vitest";
import type { AgentKey } from "../../../src/domain/agent.ts";
import { defaultBudgetLimits } from "../../../src/domain/budget.ts";
import type { Decision, EpicView } from "../../../src/domain/epic-view.ts";
import { isRefusal, type Refusal } from "../../../src/domain/refusal.ts";
import { defaultPatienceLimits } from "../../../src/gateway/ask-provider.ts";
import { defaultCallLeaseMs } from "../../../src/gateway/hold-calls.ts";
import { defaultLimiterSettings } from "../../../src/gateway/limiter.ts";
import { builtInModels, modelIdOf } from "../../../src/gateway/models.ts";
import { defaultModelAnswerMs, defaultModelDrainMs } from "../../../src/gateway/pass-back.ts";
import { priced } from "../../../src/gateway/prices.ts";
import { defaultModelIdleMs } from "../../../src/gateway/proxy.ts";
import { defaultMaxTokens, defaultRunnerLimits } from "../../../src/http/agent-ports.ts";
import { createWebHandlers, type WebOptions } from "../../../src/http/index.ts";
import { defaultModelRequestLimits } from "../../../src/http/messages.ts";
import type { Handler } from "../../../src/http/route.ts";
import { systemClock } from "../../../src/lib/clock.ts";
import { randomToken } from "../../../src/lib/ids.ts";
import { Secret } from "../../../src/lib/secret.ts";
import { hashToken } from "../../../src/lib/token-hash.ts";
import type { Wake } from "../../../src/ports/queues.ts";
import type { Store } from "../../../src/ports/store.ts";
import { defaultToolLimits } from "../../../src/tools/run-tool.ts";
import { roleOf } from "../../support/epic-view.ts";
import { openTestEpic, openTestStore, rules } from "../../support/store.ts";

// The web process's routes over real HTTP on a real database, with one epic and its supervisor.

export const brokerSecret = "broker-secret-of-the-test";
export const upstreamKey = "upstream-key-of-the-test";
export const webhookSecret = "webhook-secret-of-the-test";

export type LogLine = { readonly level: string; readonly event: string; readonly facts: object };

export type Life = {
  readonly agent: AgentKey;
  readonly life: number;
  readonly name: string;
  readonly token: string;
};

export type Web = {
  readonly options: WebOptions;
  readonly url: string;
  readonly store: Store;
  readonly databaseUrl: string;
  readonly epicId: number;
  readonly wakes: readonly Wake[];
  readonly lines: readonly LogLine[];
  /** A new life of an agent, with its token. */
  readonly beginLife: (agent: AgentKey) => Promise<Life>;
  /** A decision stored as the product would. */
  readonly decide: (decide: (view: EpicView) => Decision | Refusal) => Promise<void>;
  /** A request as the broker passes it on. */
  readonly request: (life: Life, path: string, init?: RequestInit) => Promise<Response>;
};

export async function startWeb(
  change: (options: WebOptions) => WebOptions = (same) => same,
): Promise<Web> {
  const { store, databaseUrl } = await openTestStore();
  const wakes: Wake[] = [];
  const lines: LogLine[] = [];
  const options = change(webOptions(store, wakes, lines));
  onTestFinished(() => store.close());
  const url = await serve(createWebHandlers(options));
  const epicId = await openTestEpic(store);
  return {
    url,
    options,
    store,
    databaseUrl,
    epicId,
    wakes,
    lines,
    beginLife: (agent) => beginLife(store, epicId, agent),
    decide: (decide) => decideOn(store, epicId, decide),
    request: (life, path, init = {}) =>
      fetch(url + path, { ...init, headers: { ...headersOf(life), ...init.headers } }),
  };
}

function webOptions(store: Store, wakes: Wake[], lines: LogLine[]): WebOptions {
  const logAs = (level: string) => (facts: object, event: string) => {
    lines.push({ level, event, facts });
  };
  return {
    store,
    pingQueue: async () => {},
    queues: {
      wake: async (wake) => {
        wakes.push(wake);
      },
      ping: async () => {},
    },
    log: { info: logAs("info"), warn: logAs("warn"), error: logAs("error") },
    version: "0.0.0",
    webhookSecret: new Secret(webhookSecret),
    knownEvents: new Set(["issues", "issue_comment"]),
    brokerSecret: new Secret(brokerSecret),
    isDraining: () => false,
    agents: {
      prompts: {
        systemPrompt: (role) => `You are a ${role}.`,
        supervisorFirstMessage: (epic) => `Lead epic ${epic.issueNumber}.`,
        orchestratorFirstMessage: (_epic, question) => `Decide on ${question.kind}.`,
        workerFirstMessage: (_epic, task) => `Do task ${task.ordinal}.`,
        mailMessage: (mails) => mails.map((mail) => `${mail.subject}: ${mail.body}`).join("\n"),
      },
      modelId: modelIdOf,
      maxTokens: defaultMaxTokens,
      contextTokens: () => 200_000,
      limits: defaultRunnerLimits,
      clock: systemClock,
    },
    tools: defaultToolLimits,
    toolRules: { deniedTools: [], profiles: rules },
    gateway: {
      upstream: {
        baseUrl: "http://127.0.0.1:9",
        credential: { kind: "apiKey", secret: new Secret(upstreamKey) },
      },
      models: { ...builtInModels, prices: { "model-w": priced(2, 10, 0.1) } },
      allowedModels: ["model-s", "model-w"],
      budgets: defaultBudgetLimits,
      limiter: defaultLimiterSettings,
      limits: defaultPatienceLimits,
      requestLimits: defaultModelRequestLimits,
      troubleMs: 180_000,
      clock: systemClock,
      idleMs: defaultModelIdleMs,
      drainMs: defaultModelDrainMs,
      leaseMs: defaultCallLeaseMs,
      answerMs: defaultModelAnswerMs,
      maxTokens: defaultMaxTokens,
    },
  };
}

/** Serves handlers as Probot does, until the test ends. */
export async function serve(handlers: readonly Handler[]): Promise<string> {
  const server = createServer(async (req, res) => {
    for (const handler of handlers) if (await handler(req, res)) return;
    res.writeHead(404).end();
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  onTestFinished(async () => {
    server.closeAllConnections();
    await new Promise((resolve) => server.close(resolve));
  });
  // A server that listens on TCP has an address with a port.
  return `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
}

async function decideOn(
  store: Store,
  epicId: number,
  decide: (view: EpicView) => Decision | Refusal,
): Promise<void> {
  await store.epics.change(epicId, { what: "test", actor: null }, (view) => {
    const decision = decide(view);
    if (isRefusal(decision)) throw new Error(decision.detail);
    return { decision, result: null };
  });
}

async function beginLife(store: Store, epicId: number, agent: AgentKey): Promise<Life> {
  const token = randomToken();
  const { life, name } = await store.lives.begin({
    epicId,
    agent,
    role: roleOf(agent),
    host: "here",
    namePrefix: `77-${agent.replace("/", "-")}`,
    tokenHash: hashToken(token),
  });
  return { agent, life, name, token };
}

export function headersOf(life: Life): Record<string, string> {
  return {
    authorization: `Bearer ${life.token}`,
    "x-factory-life": life.name,
    "x-factory-broker": brokerSecret,
    "content-type": "application/json",
  };
}
