import type { IncomingMessage, ServerResponse } from "node:http";
import type { LifeIdentity } from "../domain/agent.ts";
import type { AdmitModelCall } from "./admit-model-call.ts";
import type { IdentifyCaller } from "./identify-caller.ts";
import { parseJson } from "./json-body.ts";
import type { ModelProgress } from "./model-progress.ts";
import { readBody } from "./read-body.ts";
import type { Reply } from "./reply.ts";
import type { Exchange, Route } from "./route.ts";

/** Passes one request of a life on to the provider and writes the answer itself (src/gateway). */
export type ModelGateway = (exchange: {
  readonly req: IncomingMessage;
  readonly res: ServerResponse;
  readonly bytes: Buffer<ArrayBuffer>;
  /** The same body, parsed; undefined when it is no JSON. */
  readonly json: unknown;
  readonly life: LifeIdentity;
}) => Promise<void>;

/** The provider's own cap on a request, and what a slow cell needs to send one. */
const limits = { maxBytes: 32 * 1024 * 1024, timeoutMs: 60_000 };

const errorTypes: Readonly<Record<number, string>> = {
  401: "authentication_error",
  403: "permission_error",
  408: "timeout_error",
  413: "request_too_large",
  429: "rate_limit_error",
};

/** The provider's API as far as lives use it, with its errors in its own shape (G1). */
export function messages(
  gateway: ModelGateway,
  identify: IdentifyCaller,
  admit: AdmitModelCall,
  progress: ModelProgress,
): readonly Route[] {
  return ["/v1/messages", "/v1/messages/count_tokens"].map((path) => ({
    method: "POST",
    path,
    answer: (exchange) => answer(exchange, { gateway, identify, admit, progress }),
  }));
}

type Gate = {
  readonly gateway: ModelGateway;
  readonly identify: IdentifyCaller;
  readonly admit: AdmitModelCall;
  readonly progress: ModelProgress;
};

async function answer(exchange: Exchange, gate: Gate): Promise<Reply | "sent"> {
  const caller = await gate.identify(exchange.req, gate.progress.busyForMs);
  if (caller.kind === "refused") return errorReply(caller.reply.status, wordsOf(caller.reply.body));
  const ended = gate.progress.begin(caller.life);
  try {
    return await answerLife(exchange, caller.life, gate);
  } finally {
    await ended();
  }
}

async function answerLife(
  { req, res }: Exchange,
  life: LifeIdentity,
  { gateway, admit }: Gate,
): Promise<Reply | "sent"> {
  const body = await readBody(req, limits);
  if (body.kind !== "read") {
    const [status, message] = {
      tooLarge: [413, `A request is at most ${limits.maxBytes} bytes.`] as const,
      tooSlow: [408, `A request takes at most ${limits.timeoutMs} ms to arrive.`] as const,
      cutOff: [400, "The request did not arrive whole."] as const,
    }[body.kind];
    return { ...errorReply(status, message), headers: { connection: "close" } };
  }
  const { bytes } = body;
  const admission = await admit(life);
  if (admission.kind === "refused") return errorReply(admission.status, admission.message);
  try {
    await gateway({ req, res, bytes, json: parseJson(bytes), life });
  } finally {
    admission.release();
  }
  return "sent";
}

function errorReply(status: number, message: string): Reply {
  const type = errorTypes[status] ?? "invalid_request_error";
  return { status, body: { type: "error", error: { type, message } } };
}

function wordsOf(body: unknown): string {
  const detail = typeof body === "object" && body !== null && "detail" in body ? body.detail : "";
  return String(detail);
}
