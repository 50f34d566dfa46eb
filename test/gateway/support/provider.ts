import { createServer, type IncomingHttpHeaders, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";
import { onTestFinished } from "vitest";
import { Secret } from "../../../src/lib/secret.ts";
import type { ModelCall } from "../../../src/ports/agents.ts";
import { atWork } from "../../http/support/epic-at-work.ts";
import { type Life, startWeb, upstreamKey, type Web } from "../../http/support/web.ts";

// A provider that answers one request after another as a test says, and the product in front of it.

export type Asked = {
  readonly path: string;
  readonly headers: IncomingHttpHeaders;
  readonly body: string;
};
export type Answer = (res: ServerResponse, asked: Asked) => void;

export type Provider = { readonly url: string; readonly asked: readonly Asked[] };

/** The last answer is given again when there are no more. */
export async function startProvider(answers: readonly Answer[]): Promise<Provider> {
  const asked: Asked[] = [];
  const server = createServer(async (req, res) => {
    const chunks: Buffer[] = [];
    for await (const chunk of req) chunks.push(Buffer.from(chunk));
    const one = {
      path: req.url ?? "",
      headers: req.headers,
      body: Buffer.concat(chunks).toString(),
    };
    asked.push(one);
    answers[Math.min(asked.length, answers.length) - 1]?.(res, one);
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  onTestFinished(async () => {
    server.closeAllConnections();
    await new Promise((resolve) => server.close(resolve));
  });
  // A server that listens on TCP has an address with a port.
  return { url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`, asked };
}

export type Gateway = {
  readonly web: Web;
  readonly worker: Life;
  readonly recorded: readonly ModelCall[];
  readonly ask: (
    body: object,
    init?: RequestInit & { readonly path?: string },
  ) => Promise<Response>;
};

export type GatewaySettings = {
  readonly baseUrl: string;
  readonly kind?: "apiKey" | "authToken";
  readonly firstByteMs?: number;
  readonly idleMs?: number;
  readonly attempts?: number;
  readonly sleep?: (durationMs: number) => Promise<void>;
};

/** The product with its gateway pointed at a provider. Waits between tries take no time. */
export async function startGateway(settings: GatewaySettings): Promise<Gateway> {
  const recorded: ModelCall[] = [];
  const web = await startWeb(({ store, gateway, ...options }) => ({
    ...options,
    store: {
      ...store,
      modelCalls: {
        ...store.modelCalls,
        record: async (call) => {
          recorded.push(call);
          await store.modelCalls.record(call);
        },
      },
    },
    gateway: {
      ...gateway,
      upstream: {
        baseUrl: settings.baseUrl,
        credential: { kind: settings.kind ?? "apiKey", secret: new Secret(upstreamKey) },
      },
      limits: {
        attempts: settings.attempts ?? 4,
        retryBudgetMs: 60_000,
        firstByteMs: settings.firstByteMs ?? 10_000,
      },
      idleMs: settings.idleMs ?? 10_000,
      clock: { nowMs: () => Date.now(), sleep: settings.sleep ?? (async () => {}) },
    },
  }));
  const { worker } = await atWork(web);
  return {
    web,
    worker,
    recorded,
    ask: (body, { path = "/v1/messages", ...init } = {}) =>
      web.request(worker, path, { method: "POST", body: JSON.stringify(body), ...init }),
  };
}

/** The events of a streamed answer, as the provider writes them. */
export function events(...datas: readonly object[]): string {
  return datas
    .map((data) => `event: ${"type" in data ? data.type : ""}\ndata: ${JSON.stringify(data)}\n\n`)
    .join("");
}

export const start = {
  type: "message_start",
  message: {
    id: "msg_1",
    usage: {
      input_tokens: 100,
      cache_read_input_tokens: 1_000,
      cache_creation_input_tokens: 300,
      cache_creation: { ephemeral_5m_input_tokens: 200, ephemeral_1h_input_tokens: 100 },
      output_tokens: 1,
    },
  },
};
export const text = { type: "content_block_delta", delta: { type: "text_delta", text: "Hällo" } };
export const end = { type: "message_delta", usage: { output_tokens: 50 } };

export const question = {
  model: "claude-sonnet-5-5",
  max_tokens: 100,
  messages: [{ role: "user", content: "Hello" }],
};
