import type { HttpBindings } from "@hono/node-server";
import { type ApiError, errorBody } from "./api-error.ts";
import type { FaultBoard } from "./fault-board.ts";
import type { Journal } from "./journal.ts";
import type { PromptCache } from "./prompt-cache.ts";
import type { RateLimits } from "./rate-limits.ts";
import { newRequestId } from "./reply-events.ts";
import type { Script } from "./script-schema.ts";

/** What the routes share. */
export type StandIn = {
  readonly script: Script;
  readonly journal: Journal;
  readonly faults: FaultBoard;
  readonly cache: PromptCache;
  readonly limits: RateLimits;
  /** Milliseconds since the epoch. */
  readonly now: () => number;
};

export type Env = { Bindings: HttpBindings };

/** An error reply as the provider sends it; `request-id` and `retry-after` are headers. */
export function errorReply(
  error: ApiError,
  requestId = newRequestId(),
  headers: Readonly<Record<string, string>> = {},
): Response {
  const { status, retryAfterSeconds } = error;
  const retryAfter =
    retryAfterSeconds === undefined ? {} : { "retry-after": String(retryAfterSeconds) };
  return Response.json(errorBody(error, requestId), {
    status,
    headers: { ...headers, ...retryAfter, "request-id": requestId },
  });
}
