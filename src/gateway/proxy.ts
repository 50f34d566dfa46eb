import type { IncomingMessage, ServerResponse } from "node:http";
import { Readable, Transform } from "node:stream";
import { pipeline } from "node:stream/promises";
import type { ReadableStream } from "node:stream/web";
import type { LifeIdentity } from "../domain/agent.ts";
import type { Role } from "../domain/states.ts";
import type { Clock } from "../lib/clock.ts";
import { retry } from "../lib/retry.ts";
import type { ModelCalls } from "../ports/agents.ts";
import { checkRequest, type ModelRefusal } from "./check-request.ts";
import { costOf, type PriceList } from "./prices.ts";
import { askUpstream, type UpstreamPorts } from "./upstream.ts";
import { noUsage, type Usage } from "./usage.ts";
import { createUsageMeter } from "./usage-meter.ts";

// The model gateway: a life's request goes to the provider with the product's key, its answer comes
// back as a stream, and what it cost is booked. Neither bodies nor keys are ever logged.

export type GatewayOptions = Omit<UpstreamPorts, "onRetry"> & {
  readonly modelCalls: Pick<ModelCalls, "record">;
  readonly allowedModels: (role: Role) => readonly string[];
  readonly prices: PriceList;
  readonly clock: Clock;
  /** An answer on which nothing moves for so long is given up. */
  readonly idleMs: number;
  /** Told of what a log wants to know; facts hold neither text nor keys. */
  readonly onEvent: (facts: object, event: "model.retry" | "model.refused" | "model.cut") => void;
};

export const defaultModelIdleMs = 110_000;

export type ModelExchange = {
  readonly req: IncomingMessage;
  readonly res: ServerResponse;
  readonly bytes: Buffer<ArrayBuffer>;
  /** The same body, parsed. */
  readonly json: unknown;
  readonly life: LifeIdentity;
};

/** Passes one request on; the answer is written to `res`, in the provider's shapes. */
export type ModelGateway = (exchange: ModelExchange) => Promise<void>;

/** Answered by nobody, because the client had left: as proxies number it. */
const clientGone = 499;
const recordAttempts = 4;

const requestHeaders = ["anthropic-version", "anthropic-beta", "content-type", "accept"] as const;
const responseHeader =
  /^(?:content-type|request-id|retry-after|x-should-retry|anthropic-ratelimit-.*)$/;

export function createModelGateway(options: GatewayOptions): ModelGateway {
  return async (exchange) => {
    const { req, res, json, life } = exchange;
    const checked = checkRequest(json, options.allowedModels(life.role));
    if ("status" in checked) {
      const { epicId, agent } = life;
      options.onEvent({ epicId, agent, status: checked.status }, "model.refused");
      sendModelError(res, checked);
      return;
    }
    const startedMs = options.clock.nowMs();
    const outcome = await passThrough(exchange, options);
    // Counting tokens costs none.
    if (!isMessages(req)) return;
    const { status, usage } = outcome;
    const call = {
      life,
      model: checked.model,
      status,
      tokensIn: usage.input,
      tokensOut: usage.output,
      cacheRead: usage.cacheRead,
      cacheWritten: usage.cacheWrite5m + usage.cacheWrite1h,
      latencyMs: Math.round(options.clock.nowMs() - startedMs),
      cost: costOf(checked.model, usage, options.prices),
    };
    await retry(() => options.modelCalls.record(call), { attempts: recordAttempts });
  };
}

/** Answers with an error in the provider's shape, which its clients understand. */
function sendModelError(res: ServerResponse, { status, type, message }: ModelRefusal): void {
  const body = JSON.stringify({ type: "error", error: { type, message } });
  res.writeHead(status, {
    "content-type": "application/json",
    "content-length": Buffer.byteLength(body),
  });
  res.end(body);
}

type Outcome = { readonly status: number; readonly usage: Usage };

async function passThrough(exchange: ModelExchange, options: GatewayOptions): Promise<Outcome> {
  const { req, res, bytes, life } = exchange;
  const gone = new AbortController();
  const onClose = (): void => gone.abort();
  res.once("close", onClose);
  const { epicId, agent } = life;
  const onRetry = (facts: object) => options.onEvent({ ...facts, epicId, agent }, "model.retry");
  const call = { path: req.url ?? "", headers: passedOn(req), body: bytes, signal: gone.signal };
  try {
    const answer = await askUpstream(call, { ...options, onRetry });
    if (answer.kind === "answer") return await passBack(answer.response, exchange, options);
    const away = awayError(answer.why);
    sendModelError(res, away);
    return { status: away.status, usage: noUsage };
  } catch (error) {
    if (!gone.signal.aborted) throw error;
    return { status: clientGone, usage: noUsage };
  } finally {
    res.off("close", onClose);
  }
}

function awayError(why: "timeout" | "unreachable"): ModelRefusal {
  return why === "timeout"
    ? { status: 504, type: "timeout_error", message: "The model provider did not answer in time." }
    : { status: 502, type: "api_error", message: "The model provider cannot be reached." };
}

async function passBack(
  response: Response,
  { res, life }: ModelExchange,
  options: GatewayOptions,
): Promise<Outcome> {
  const { status, headers, body } = response;
  const meter = createUsageMeter(headers.get("content-type") ?? "");
  const passed = [...headers].filter(([name]) => responseHeader.test(name));
  res.writeHead(status, Object.fromEntries(passed));
  // At once, so that a client of a stream sees its beginning before the first event.
  res.flushHeaders();
  if (!body) {
    res.end();
    return { status, usage: noUsage };
  }
  try {
    // The cast: the global and the module's ReadableStream are the same class under two names.
    const source = Readable.fromWeb(body as ReadableStream<Uint8Array>);
    await pipeline(source, metering(meter.take, options.idleMs), res);
  } catch (err) {
    // A cut in the middle is the runner's to repeat; what came before it is booked all the same.
    const { epicId, agent } = life;
    const reason = err instanceof Error ? err.message : String(err);
    options.onEvent({ epicId, agent, status, reason }, "model.cut");
  }
  return { status, usage: meter.usage() };
}

function metering(take: (chunk: Uint8Array) => void, idleMs: number): Transform {
  let timer: NodeJS.Timeout | undefined;
  const restart = (): void => {
    clearTimeout(timer);
    timer = setTimeout(() => {
      transform.destroy(new Error(`the provider sent nothing for ${idleMs} ms`));
    }, idleMs);
  };
  const transform = new Transform({
    transform: (chunk: Uint8Array, _encoding, done) => {
      restart();
      take(chunk);
      done(null, chunk);
    },
    flush: (done) => {
      clearTimeout(timer);
      done();
    },
    destroy: (error, done) => {
      clearTimeout(timer);
      done(error);
    },
  });
  restart();
  return transform;
}

function passedOn(req: IncomingMessage): Record<string, string> {
  const given = requestHeaders.flatMap((name) => {
    const value = req.headers[name];
    return typeof value === "string" ? [[name, value] as const] : [];
  });
  // Compressed answers could not be metered.
  return { ...Object.fromEntries(given), "accept-encoding": "identity" };
}

function isMessages(req: IncomingMessage): boolean {
  return (req.url ?? "").split("?", 1)[0] === "/v1/messages";
}
