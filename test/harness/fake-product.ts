import { writeFileSync } from "node:fs";
import { createServer, type IncomingMessage, type Server, type ServerResponse } from "node:http";
import { join } from "node:path";
import type {
  LifeLimits,
  LifeStart,
  LocalCallState,
  WaitAnswer,
} from "../../src/harness/factory-api.ts";
import { answerModel, type ModelAnswer } from "./fake-model.ts";

// The product as runners see it, for tests of the runner alone: scripted answers, everything asked
// is kept. The product's own server is held to the same contract by the scenarios.

export type Script = {
  readonly start?: Partial<Omit<LifeStart, "limits">>;
  readonly limits?: Partial<LifeLimits>;
  readonly answers?: readonly ModelAnswer[];
  /** After the last one: sleep. "lost" takes the request and breaks the connection. */
  readonly waits?: readonly (WaitAnswer | "lost")[];
  readonly localCalls?: Readonly<Record<string, LocalCallState>>;
  /** Statuses of `/agent/turns`, first come first served, then 204. */
  readonly turnStatuses?: readonly number[];
  readonly mcpStatuses?: readonly number[];
  /** Refuses whatever is asked of the tool server with this status. */
  readonly mcpRefuses?: number;
  /** What the tool server lists; one tool without it. */
  readonly tools?: readonly object[];
  /** Calls of tools that are answered "pending" before the first real answer. */
  readonly mcpPending?: number;
};

export type Asked = { readonly path: string; readonly body: unknown; readonly headers: object };

export type FakeProduct = {
  readonly server: Server;
  readonly asked: Asked[];
  /** Stored turns by their number. */
  readonly turns: Map<number, { readonly role: string; readonly content: unknown }>;
  readonly compactions: readonly StoredCompaction[];
  bodiesOf(path: string): readonly unknown[];
};

export type StoredCompaction = {
  readonly fromSeq: number;
  readonly summary: string;
  readonly tokensBefore: number;
  readonly tokensAfter: number;
};

export const LIMITS: LifeLimits = {
  idleMs: 1_000,
  maxTurns: 20,
  toolTimeoutMs: 5_000,
  toolOutputBytes: 5_000,
  contextTokens: 100_000,
  compactAtPercent: 75,
  compactKeepPercent: 20,
  summaryTokens: 1_000,
  answerMs: 20_000,
  answerBytes: 1_000_000,
  turnBytes: 2_000_000,
  patienceMs: 60_000,
  sameCallTimes: 3,
  wrongCallTimes: 3,
  emptyAnswerTimes: 3,
};

export const START: LifeStart = {
  agent: "worker-15",
  life: 3,
  role: "worker",
  model: "model-1",
  maxTokens: 1_000,
  system: "You work.",
  messages: [{ role: "user", content: "Do it." }],
  nextSeq: 1,
  compaction: null,
  sessionNotes: [],
  openCalls: [],
  limits: LIMITS,
};

/** Not listening yet: tests put it behind a broker or at a life's socket. */
export function createFakeProduct(script: Script): FakeProduct {
  const asked: Asked[] = [];
  const turns: FakeProduct["turns"] = new Map();
  const compactions: StoredCompaction[] = [];
  const queues = {
    answers: [...(script.answers ?? [])],
    waits: [...(script.waits ?? [])],
    turnStatuses: [...(script.turnStatuses ?? [])],
    mcpStatuses: [...(script.mcpStatuses ?? [])],
    mcpPending: Array.from({ length: script.mcpPending ?? 0 }, () => true),
  };
  const limits = { ...LIMITS, ...script.limits };
  const start = { ...START, ...script.start, limits };

  const answers: Readonly<Record<string, (body: Body, response: ServerResponse) => void>> = {
    "/agent/start": (_body, response) => {
      reply(response, 200, startNow(start, turns, compactions));
    },
    "/agent/compactions": (body, response) => {
      // The cast: what the runner sends there.
      compactions.push(body as StoredCompaction);
      reply(response, 204, null);
    },
    "/agent/turns": (body, response) => {
      const status = queues.turnStatuses.shift() ?? 204;
      if (status === 204 && !turns.has(body.seq ?? -1)) turns.set(body.seq ?? -1, turnOf(body));
      reply(response, status, status === 204 ? null : { error: "no" });
    },
    "/agent/session": (_body, response) => reply(response, 204, null),
    "/agent/local-calls": (body, response) => {
      const state = script.localCalls?.[body.callId ?? ""] ?? { state: "started" };
      if (body.state === "done") reply(response, 204, null);
      else reply(response, 200, state);
    },
    "/agent/wait": (_body, response) => {
      const next = queues.waits.shift() ?? { kind: "sleep" };
      if (next !== "lost") {
        reply(response, 200, next);
        return;
      }
      turns.set(start.messages.length + turns.size, { role: "user", content: "lost mail" });
      response.destroy();
    },
    "/mcp": (body, response) => {
      if (script.mcpRefuses !== undefined) reply(response, script.mcpRefuses, { error: "no" });
      else if (body.method !== "tools/list" || script.tools === undefined)
        answerMcp(queues, body, response);
      else reply(response, 200, { jsonrpc: "2.0", id: body.id, result: { tools: script.tools } });
    },
    "/v1/messages": (_body, response) => answerModel(queues.answers.shift(), response),
  };

  const server = createServer((request, response) => {
    void read(request).then((body) => {
      const path = (request.url ?? "").split("?")[0] ?? "";
      asked.push({ path, body, headers: request.headers });
      const answer = answers[path];
      if (path === "/mcp" && request.method !== "POST") reply(response, 405, {});
      else if (answer === undefined) reply(response, 404, {});
      else answer(body, response);
    });
  });
  const bodiesOf = (path: string): readonly unknown[] =>
    asked.filter((one) => one.path === path).map(({ body }) => body);
  return { server, asked, turns, compactions, bodiesOf };
}

/** The first turn, and from the newest compaction on every other. */
function startNow(
  start: LifeStart,
  turns: FakeProduct["turns"],
  compactions: readonly StoredCompaction[],
): object {
  const [first, ...given] = start.messages;
  const from = start.compaction?.fromSeq ?? 1;
  const all = new Map<number, unknown>(given.map((turn, index) => [from + index, turn]));
  for (const [seq, turn] of turns) all.set(seq, turn);
  const compaction = compactions.at(-1) ?? start.compaction;
  const kept = [...all.keys()]
    .filter((seq) => seq >= (compaction?.fromSeq ?? 1))
    .sort((a, b) => a - b)
    .map((seq) => all.get(seq));
  return { ...start, compaction, nextSeq: from + all.size, messages: [first, ...kept] };
}

/** A life's folder whose socket is the product itself, without a broker. */
export async function serveLife(product: FakeProduct, folder: string): Promise<string> {
  writeFileSync(join(folder, "token"), "life-token");
  await new Promise<void>((resolve) =>
    product.server.listen(join(folder, "broker.sock"), () => resolve()),
  );
  return folder;
}

type Body = {
  readonly seq?: number;
  readonly role?: string;
  readonly content?: unknown;
  readonly state?: string;
  readonly callId?: string;
  readonly id?: number;
  readonly method?: string;
  readonly params?: { readonly _meta?: Readonly<Record<string, unknown>> };
};

async function read(request: IncomingMessage): Promise<Body> {
  let body = "";
  for await (const chunk of request) body += chunk;
  return body === "" ? {} : JSON.parse(body);
}

function turnOf({ role = "", content }: Body) {
  return { role, content };
}

function reply(response: ServerResponse, status: number, body: unknown): void {
  response.writeHead(status, { "content-type": "application/json" });
  response.end(body === null ? "" : JSON.stringify(body));
}

function answerMcp(
  { mcpStatuses, mcpPending }: { readonly mcpStatuses: number[]; readonly mcpPending: boolean[] },
  body: Body,
  response: ServerResponse,
): void {
  const isCall = body.method === "tools/call";
  const isPending = isCall && mcpPending.shift() === true;
  const result = isPending ? pendingResult(body) : MCP_RESULTS[body.method ?? ""];
  const status = isCall ? (mcpStatuses.shift() ?? 200) : 200;
  if (result === undefined && body.id === undefined) reply(response, 202, null);
  else if (result === undefined) {
    const error = { code: -32_601, message: "Method not found" };
    reply(response, 200, { jsonrpc: "2.0", id: body.id, error });
  } else if (status !== 200) reply(response, status, { error: "weather" });
  else reply(response, 200, { jsonrpc: "2.0", id: body.id, result });
}

function pendingResult({ params }: Body): object {
  const pending = params?._meta?.["factory/callId"];
  return { content: [{ type: "text", text: JSON.stringify({ pending, detail: "later" }) }] };
}

const MCP_RESULTS: Readonly<Record<string, object>> = {
  initialize: {
    protocolVersion: "2025-11-25",
    capabilities: { tools: {} },
    serverInfo: { name: "fake", version: "1" },
  },
  "tools/list": {
    tools: [{ name: "git_commit", description: "Commit.", inputSchema: { type: "object" } }],
  },
  "tools/call": { content: [{ type: "text", text: "committed" }] },
};
