import type { LifeIdentity } from "../domain/agent.ts";
import { type ModelGateway, type RequestBody, sleepHeader } from "../gateway/proxy.ts";
import { sizeOf } from "../gateway/reserve-call.ts";
import type { AdmitModelCall } from "./admit-model-call.ts";
import { type EnterBody, noRoom, type RoomExchange, withBody } from "./body-room.ts";
import type { IdentifyCaller } from "./identify-caller.ts";
import { parseJson } from "./json-body.ts";
import type { ModelProgress } from "./model-progress.ts";
import { type BodyLimits, readBody } from "./read-body.ts";
import type { Reply } from "./reply.ts";
import type { Exchange, Route } from "./route.ts";
import { type Strike, saysMisuse } from "./strikes.ts";

/** The provider's own cap on a request, and what a slow cell needs to send one. */
export const defaultModelRequestLimits = { maxBytes: 32 * 1024 * 1024, timeoutMs: 60_000 };

const errorTypes: Readonly<Record<number, string>> = {
  401: "authentication_error",
  403: "permission_error",
  408: "timeout_error",
  413: "request_too_large",
  429: "rate_limit_error",
};

export type MessagesPorts = {
  readonly gateway: ModelGateway;
  readonly identify: IdentifyCaller;
  readonly admit: AdmitModelCall;
  readonly progress: ModelProgress;
  readonly strike: Strike;
  readonly enterBody: EnterBody;
  readonly limits: BodyLimits;
  /** No answer may be longer. */
  readonly maxTokens: number;
};

/** Counting tokens costs none. */
const countingPath = "/v1/messages/count_tokens";

/** The provider's API as far as lives use it, with its errors in its own shape (G1). */
export function messages(ports: MessagesPorts): readonly Route[] {
  return ["/v1/messages", countingPath].map((path) => ({
    method: "POST",
    path,
    answer: (exchange) => answer(exchange, path === countingPath, ports),
  }));
}

async function answer(
  exchange: Exchange,
  isFree: boolean,
  gate: MessagesPorts,
): Promise<Reply | "sent"> {
  const caller = await gate.identify(exchange.req, gate.progress.busyForMs);
  if (caller.kind === "refused") return errorReply(caller.reply.status, wordsOf(caller.reply.body));
  const ended = gate.progress.begin(caller.life);
  try {
    const reply = await answerLife({ ...exchange, isFree }, caller.life, gate);
    if (reply !== "sent" && saysMisuse(reply.status))
      await gate.strike(caller.life, `a model request answered ${reply.status}`);
    return reply;
  } finally {
    await ended();
  }
}

async function answerLife(
  { req, res, isFree }: Exchange & { readonly isFree: boolean },
  life: LifeIdentity,
  { gateway, admit, limits, maxTokens, strike, enterBody }: MessagesPorts,
): Promise<Reply | "sent"> {
  // From then on only as many are held as may be under way at once.
  const read = await withBody(enterBody(life, req, limits.maxBytes), req, async (one) => {
    const body = await readRequest(one, limits);
    if ("status" in body) return body;
    return { body, admission: await admit(life, isFree ? null : sizeOf(body, maxTokens)) };
  });
  if ("status" in read) return errorReplyOf(read);
  const { body, admission } = read;
  if (admission.kind === "refused") {
    const { status, message, sleeps, isMisuse } = admission;
    if (isMisuse) await strike(life, `a model request: ${message}`);
    return { ...errorReply(status, message), ...(sleeps ? { headers: sleepHeader } : {}) };
  }
  try {
    const { standing, reservation } = admission;
    const refused = await gateway({ req, res, body, life, standing, reservation });
    if (refused?.isMisuse) await strike(life, `a model request answered ${refused.status}`);
  } finally {
    admission.release();
  }
  return "sent";
}

/** The only place that holds the body, so that letting go of it there frees it. */
async function readRequest(
  { req, room }: RoomExchange,
  limits: BodyLimits,
): Promise<RequestBody | Reply> {
  const body = await readBody(req, limits, room.take);
  if (body.kind === "read") return { bytes: body.bytes, json: parseJson(body.bytes) };
  if (body.kind === "noRoom") return noRoom();
  const [status, message] = {
    tooLarge: [413, `A request is at most ${limits.maxBytes} bytes.`] as const,
    tooSlow: [408, `A request takes at most ${limits.timeoutMs} ms to arrive.`] as const,
    cutOff: [400, "The request did not arrive whole."] as const,
  }[body.kind];
  const reply = errorReply(status, message);
  return body.kind === "tooLarge" ? reply : { ...reply, headers: { connection: "close" } };
}

/** In the provider's shape, whoever refused it. */
function errorReplyOf(reply: Reply): Reply {
  return reply.status === 429 ? errorReply(reply.status, wordsOf(reply.body)) : reply;
}

function errorReply(status: number, message: string): Reply {
  const type = errorTypes[status] ?? "invalid_request_error";
  return { status, body: { type: "error", error: { type, message } } };
}

function wordsOf(body: unknown): string {
  const detail = typeof body === "object" && body !== null && "detail" in body ? body.detail : "";
  return String(detail);
}
