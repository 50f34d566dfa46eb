import type { Reservation } from "../ports/agents.ts";
import type { ModelList } from "./models.ts";
import { costOf, dearestCost } from "./prices.ts";
import { noUsage } from "./usage.ts";

/** As large as a request is, before anybody knows its tokens. */
export type CallSize = { readonly bytes: number; readonly maxTokens: number };

const bytesPerToken = 3.5;

/** The most that a call should cost: its whole prompt as input, nothing from a cache, the longest answer. */
export function reserveCall(
  { bytes, maxTokens }: CallSize,
  { callId, model }: Pick<Reservation, "callId" | "model">,
  { prices }: ModelList,
): Reservation {
  const usage = { ...noUsage, input: Math.ceil(bytes / bytesPerToken), output: maxTokens };
  const cost = costOf(model, usage, prices);
  const counted = cost ?? dearestCost(usage, prices);
  return { callId, model, tokensIn: usage.input, tokensOut: usage.output, cost, counted };
}

/** What a request's body asks for, no more than the operator allows. */
export function sizeOf(
  body: { readonly bytes: Uint8Array; readonly json: unknown },
  most: number,
): CallSize {
  const { json } = body;
  const asked =
    typeof json === "object" && json !== null && "max_tokens" in json ? json.max_tokens : most;
  const maxTokens = typeof asked === "number" ? Math.min(most, Math.max(1, asked)) : most;
  return { bytes: body.bytes.length, maxTokens: Math.ceil(maxTokens) };
}
