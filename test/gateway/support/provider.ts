import { createServer, type IncomingHttpHeaders, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";
import { onTestFinished } from "vitest";
import type { BudgetLimits } from "../../../src/domain/budget.ts";
import type { PatienceLimits } from "../../../src/gateway/ask-provider.ts";
import type { LimiterSettings } from "../../../src/gateway/limiter.ts";
import type { ModelList } from "../../../src/gateway/models.ts";
import type { GatewaySettings } from "../../../src/http/gateway-options.ts";
import { Secret } from "../../../src/lib/secret.ts";
import type { ModelCall } from "../../../src/ports/model-calls.ts";
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

export type TestSettings = Partial<
  Pick<GatewaySettings, "troubleMs" | "idleMs" | "drainMs" | "answerMs" | "leaseMs">
> & {
  readonly baseUrl: string;
  readonly kind?: "apiKey" | "authToken";
  readonly limits?: Partial<PatienceLimits>;
  readonly limiter?: Partial<LimiterSettings>;
  readonly budgets?: Partial<BudgetLimits>;
  /** Another provider's models and prices. */
  readonly models?: ModelList;
};

/** So short that a test may wait for real. */
const quick = { firstWaitMs: 4, firstByteMs: 10_000 };

/** The product with its gateway pointed at a provider. Waits between tries are short. */
export async function startGateway(settings: TestSettings): Promise<Gateway> {
  const recorded: ModelCall[] = [];
  const web = await startWeb(({ store, gateway, ...options }) => ({
    ...options,
    store: {
      ...store,
      modelCalls: {
        ...store.modelCalls,
        record: async (call) => {
          const spent = await store.modelCalls.record(call);
          recorded.push(call);
          return spent;
        },
      },
    },
    gateway: settingsOf(gateway, settings),
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

function settingsOf(gateway: GatewaySettings, settings: TestSettings): GatewaySettings {
  const { baseUrl, kind = "apiKey" } = settings;
  return {
    ...gateway,
    upstream: { baseUrl, credential: { kind, secret: new Secret(upstreamKey) } },
    models: settings.models ?? gateway.models,
    limits: { ...gateway.limits, ...quick, ...settings.limits },
    limiter: { ...gateway.limiter, firstWaitMs: 4, ...settings.limiter },
    budgets: { ...gateway.budgets, ...settings.budgets },
    troubleMs: settings.troubleMs ?? gateway.troubleMs,
    idleMs: settings.idleMs ?? 10_000,
    drainMs: settings.drainMs ?? gateway.drainMs,
    leaseMs: settings.leaseMs ?? gateway.leaseMs,
    answerMs: settings.answerMs ?? gateway.answerMs,
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
  model: "model-w",
  max_tokens: 100,
  messages: [{ role: "user", content: "Hello" }],
};
