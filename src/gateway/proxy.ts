import type { IncomingMessage, ServerResponse } from "node:http";
import type { LifeIdentity } from "../domain/agent.ts";
import type { CallStanding, Reservation } from "../ports/model-calls.ts";
import { askProvider, type ProviderCall, type ProviderPorts } from "./ask-provider.ts";
import type { Booking } from "./book-call.ts";
import { checkRequest, type ModelRefusal } from "./check-request.ts";
import { createEstimator, usedBy } from "./estimate.ts";
import { noLimiter } from "./limiter.ts";
import { type PassLimits, passBack } from "./pass-back.ts";
import { noUsage, type Usage } from "./usage.ts";

// The model gateway: a life's request goes to the provider with the product's key when it is its
// turn, its answer comes back as a stream, and what it cost is booked. Neither bodies nor keys are
// ever logged.

export type GatewayOptions = Omit<ProviderPorts, "onRetry"> &
  PassLimits & {
    readonly booking: Pick<Booking, "book" | "release">;
    /** Full ids that the operator allows; an agent uses its own among them. */
    readonly allowedModels: readonly string[];
    /** No answer may be longer. */
    readonly maxTokens: number;
    /** A life is sent away: its agent needs no other one for so long. */
    readonly onHeld: (life: LifeIdentity, retryAfterMs: number) => Promise<void>;
    /** Told of what a log wants to know; facts hold neither text nor keys. */
    readonly onEvent: (facts: object, event: GatewayEvent) => void;
  };

export type GatewayEvent = "model.retry" | "model.refused" | "model.held" | "model.cut";

export const defaultModelIdleMs = 110_000;

/** A request's body, emptied once nobody needs it again: answers stream for minutes. */
export type RequestBody = {
  bytes: Uint8Array;
  /** The same, parsed; undefined when it is no JSON. */
  json: unknown;
};

export type ModelExchange = {
  readonly req: IncomingMessage;
  readonly res: ServerResponse;
  readonly body: RequestBody;
  readonly life: LifeIdentity;
  readonly standing: CallStanding;
  /** Held until the call is booked; null for one that costs nothing. */
  readonly reservation: Reservation | null;
};

/**
 * Passes one request on; the answer is written to `res`, in the provider's shapes.
 *
 * @returns why it was refused instead; null when it was not
 */
export type ModelGateway = (exchange: ModelExchange) => Promise<ModelRefusal | null>;

/** Answered by nobody, because the client had left: as proxies number it. */
const clientGone = 499;
const tooManyRequests = 429;

const requestHeaders = ["anthropic-version", "anthropic-beta", "content-type", "accept"] as const;

/** A life that reads it ends, and is given another when its time has come. */
export const sleepHeader = { "x-factory-hold": "sleep" } as const;

export function createModelGateway(options: GatewayOptions): ModelGateway {
  const estimator = createEstimator();
  return async (exchange) => {
    const { req, res, body, life, standing, reservation } = exchange;
    const { epicId, agent } = life;
    const model = standing.agent.model;
    const { booking, allowedModels, maxTokens } = options;
    const checked = checkRequest(body.json, model, allowedModels, maxTokens);
    if (checked) {
      if (reservation) await booking.release(reservation);
      options.onEvent({ epicId, agent, status: checked.status }, "model.refused");
      sendModelError(res, checked);
      return checked;
    }
    const { length } = body.bytes;
    // Counting tokens costs none, and has limits of its own.
    const estimate = estimator.of(life, model, length);
    const call = { role: life.role, model, estimate, path: req.url ?? "", headers: passedOn(req) };
    const startedMs = options.clock.nowMs();
    const ports = reservation ? options : { ...options, limiter: noLimiter };
    const outcome = await passThrough(exchange, call, ports);
    if (!reservation) return null;
    const { usage, attempt, status } = outcome;
    if (status === null) {
      await booking.release(reservation);
      return null;
    }
    if (usage !== null && usage !== noUsage) estimator.learn(life, model, length, usage);
    const latencyMs = options.clock.nowMs() - startedMs;
    await booking.book({ life, standing, reservation, status, usage, latencyMs, attempt });
    return null;
  };
}

/** Answers with an error in the provider's shape, which its clients understand. */
function sendModelError(
  res: ServerResponse,
  { status, type, message }: Omit<ModelRefusal, "isMisuse">,
  headers: Readonly<Record<string, string>> = {},
): void {
  const body = JSON.stringify({ type: "error", error: { type, message } });
  res.writeHead(status, {
    "content-type": "application/json",
    "content-length": Buffer.byteLength(body),
    ...headers,
  });
  res.end(body);
}

/** `status` is null where the provider was not asked. */
type Outcome = {
  readonly status: number | null;
  /** null where nobody knows it. */
  readonly usage: Usage | null;
  readonly attempt: number;
};

async function passThrough(
  { res, life, body, reservation }: ModelExchange,
  asked: Omit<ProviderCall, "body" | "signal">,
  options: GatewayOptions,
): Promise<Outcome> {
  const gone = new AbortController();
  const onClose = (): void => gone.abort();
  res.once("close", onClose);
  if (res.destroyed) onClose();
  const { epicId, agent } = life;
  const onRetry = (facts: object) => options.onEvent({ ...facts, epicId, agent }, "model.retry");
  const call: ProviderCall = { ...asked, body: body.bytes, signal: gone.signal };
  body.bytes = new Uint8Array();
  body.json = null;
  try {
    const answered = await askProvider(call, { ...options, onRetry });
    if (answered.kind === "answer")
      return await passAnswer(answered, { res, life, reservation, ...asked }, options);
    const { attempt } = answered;
    if (answered.kind === "away") {
      const away = awayError(answered.why);
      sendModelError(res, away);
      // It may have worked until we gave up.
      const usage = answered.why === "timeout" ? null : noUsage;
      return { status: away.status, usage, attempt };
    }
    options.onEvent({ epicId, agent, retryAfterMs: answered.retryAfterMs }, "model.held");
    await options.onHeld(life, answered.retryAfterMs);
    sendHeld(res, answered.retryAfterMs);
    return { status: null, usage: noUsage, attempt };
  } catch (error) {
    if (gone.signal.aborted) return { status: clientGone, usage: noUsage, attempt: 1 };
    // It got no turn: what throws is the limiter's database, and an answer's end never does.
    if (reservation) await options.booking.release(reservation);
    throw error;
  } finally {
    res.off("close", onClose);
  }
}

async function passAnswer(
  { answer, turn, attempt }: Extract<Awaited<ReturnType<typeof askProvider>>, { kind: "answer" }>,
  {
    res,
    life,
    reservation,
    estimate,
  }: Pick<ModelExchange, "res" | "life" | "reservation"> & Pick<ProviderCall, "estimate">,
  options: GatewayOptions,
): Promise<Outcome> {
  const { status } = answer;
  const { usage: said, isGivenUp, cut } = await passBack(answer, res, options);
  const usage = said && isGivenUp ? atLongest(said, reservation) : said;
  turn.finished(status < 300 ? (usage ? usedBy(usage) : estimate) : null);
  const { epicId, agent } = life;
  if (cut !== null) options.onEvent({ epicId, agent, status, reason: cut }, "model.cut");
  return { status, usage, attempt };
}

/** What was said of a prompt is all of it; an answer may have gone on to its bound. */
function atLongest(said: Usage, reservation: Reservation | null): Usage {
  return { ...said, output: Math.max(said.output, reservation?.tokensOut ?? 0) };
}

function sendHeld(res: ServerResponse, retryAfterMs: number): void {
  const retryAfter = String(Math.max(1, Math.ceil(retryAfterMs / 1000)));
  const message = `The provider's limits leave no room for this call now: sleep, and come back in ${retryAfter} s.`;
  const error = { status: tooManyRequests, type: "rate_limit_error", message };
  sendModelError(res, error, { "retry-after": retryAfter, ...sleepHeader });
}

function awayError(why: "timeout" | "unreachable"): Omit<ModelRefusal, "isMisuse"> {
  return why === "timeout"
    ? { status: 504, type: "timeout_error", message: "The model provider did not answer in time." }
    : { status: 502, type: "api_error", message: "The model provider cannot be reached." };
}

function passedOn(req: IncomingMessage): Record<string, string> {
  const given = requestHeaders.flatMap((name) => {
    const value = req.headers[name];
    return typeof value === "string" ? [[name, value] as const] : [];
  });
  // Compressed answers could not be metered.
  return { ...Object.fromEntries(given), "accept-encoding": "identity" };
}
