import type { Context } from "hono";
import { type ApiError, apiError } from "./api-error.ts";
import { composeReply, type Reply } from "./compose-reply.ts";
import type { Fault } from "./fault-schema.ts";
import type { CallRecord } from "./journal.ts";
import { type MessageRequest, messageRequestSchema } from "./message-request.ts";
import { planStream } from "./plan-stream.ts";
import { readRequest } from "./read-request.ts";
import { newRequestId, toEvents, toMessage } from "./reply-events.ts";
import { type Env, errorReply, type StandIn } from "./stand-in.ts";
import { streamReply, waited } from "./stream-reply.ts";
import { type Usage, withOutput } from "./usage.ts";

/** One call on its way: what is known of it so far, and how to write down its end. */
type Call = {
  readonly context: Context<Env>;
  readonly requestId: string;
  readonly request: MessageRequest;
  readonly reply: Reply;
  readonly usage: Usage;
  readonly fault: Fault | null;
  readonly headers: Readonly<Record<string, string>>;
  readonly end: (outcome: CallRecord["outcome"]) => void;
};

type Known = Partial<Omit<CallRecord, "status" | "outcome">>;

/** POST /v1/messages: reads, lets a fault strike, counts, waits, answers. */
export async function answerMessages(standIn: StandIn, context: Context<Env>): Promise<Response> {
  const startedAt = standIn.now();
  const requestId = newRequestId();
  const write = (status: number, outcome: CallRecord["outcome"], known: Known): void => {
    const seconds = (standIn.now() - startedAt) / 1_000;
    const at = new Date(startedAt).toISOString();
    standIn.journal.write({ ...unknownCall, ...known, at, requestId, status, outcome, seconds });
  };
  const refuse = (error: ApiError, known: Known = {}): Response => {
    write(error.status, known.fault ? "faulted" : "refused", known);
    return errorReply(error, requestId, standIn.limits.headers());
  };

  const read = readRequest(await context.req.text(), messageRequestSchema, standIn.script);
  if (!read.ok) return refuse(read.error);
  const { request } = read;
  const reply = composeReply(standIn.script, request);
  const fault = standIn.faults.strike(reply.role);
  const known = { ...knownOf(request, reply), fault: fault?.kind ?? null };
  if (fault?.kind === "status")
    return refuse(apiError(fault.status, fault.message, fault.retryAfterSeconds), known);

  const { input, usage } = count(standIn, request, reply);
  const overLimit = standIn.limits.take({ requests: 1, input, output: usage.output_tokens });
  if (overLimit) {
    const message = `This request would exceed your organization's rate limit of ${overLimit.limit}.`;
    return refuse(apiError(429, message, overLimit.retryAfterSeconds), known);
  }
  const headers = { ...standIn.limits.headers(), "request-id": requestId };
  const end: Call["end"] = (outcome) =>
    write(200, outcome, { ...known, ...tokensIn(usage), failure: reply.failure });
  return respond({ context, requestId, request, reply, usage, fault, headers, end });
}

const unknownCall = {
  role: null,
  actor: null,
  turn: null,
  model: null,
  stream: false,
  fault: null,
  inputTokens: 0,
  outputTokens: 0,
  cacheReadTokens: 0,
  cacheWrittenTokens: 0,
  failure: null,
} as const;

function knownOf({ model, stream = false }: MessageRequest, { role, actor, turn }: Reply): Known {
  return { model, stream, role, actor, turn };
}

/** Reading from the cache does not count towards the limit of input tokens. */
function count(
  { cache }: StandIn,
  request: MessageRequest,
  reply: Reply,
): { readonly input: number; readonly usage: Usage } {
  const usage = withOutput(cache.account(request), reply.content);
  return { input: usage.input_tokens + usage.cache_creation_input_tokens, usage };
}

function tokensIn(usage: Usage): Known {
  return {
    inputTokens: usage.input_tokens,
    outputTokens: usage.output_tokens,
    cacheReadTokens: usage.cache_read_input_tokens,
    cacheWrittenTokens: usage.cache_creation_input_tokens,
  };
}

async function respond(call: Call): Promise<Response> {
  const { context, request, reply, fault, end } = call;
  const hangMs = fault?.kind === "hang" ? fault.hangMs : 0;
  if (!(await waited(reply.delayMs + hangMs, context.req.raw.signal))) {
    end("aborted");
    return new Response(null);
  }
  return request.stream ? respondStreaming(call) : respondWhole(call);
}

function respondStreaming(call: Call): Response {
  const { context, requestId, request, reply, usage, fault, headers, end } = call;
  const plan = planStream(toEvents(reply, request.model, usage), fault, requestId);
  const connection = {
    signal: context.req.raw.signal,
    // The response hands its chunks to the socket at the end of the turn of the event loop.
    cut: () => void setImmediate(() => context.env.outgoing.socket?.destroySoon()),
  };
  const body = streamReply(plan, connection, (ending) => {
    if (ending === "aborted") end("aborted");
    else end(fault ? "faulted" : "answered");
  });
  const streamHeaders = {
    "content-type": "text/event-stream; charset=utf-8",
    "cache-control": "no-cache",
  };
  return new Response(body, { headers: { ...headers, ...streamHeaders } });
}

async function respondWhole(call: Call): Promise<Response> {
  const { context, request, reply, usage, fault, headers, end } = call;
  const slowMs = fault?.kind === "slow" ? fault.chunkMs * reply.content.length : 0;
  const present = await waited(slowMs, context.req.raw.signal);
  end(present ? (fault ? "faulted" : "answered") : "aborted");
  if (fault?.kind === "cut") context.env.outgoing.destroy();
  if (fault?.kind === "stream-error")
    return errorReply(apiError(529), call.requestId, call.headers);
  const json = JSON.stringify(toMessage(reply, request.model, usage));
  const body = fault?.kind === "invalid-json" ? json.slice(0, json.length / 2) : json;
  return new Response(body, { headers: { ...headers, "content-type": "application/json" } });
}
