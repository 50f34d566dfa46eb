import type { IncomingHttpHeaders } from "node:http";
import type { Role } from "../domain/states.ts";
import type { Clock } from "../lib/clock.ts";
import { backoffMs } from "../lib/retry.ts";
import type { Limiter, NoTurn, Turn } from "./limiter.ts";
import type { ProviderHealth } from "./provider-health.ts";
import type { CallCost } from "./rate-windows.ts";
import type { AskUpstream, UpstreamAnswer, UpstreamCall } from "./upstream.ts";

export type PatienceLimits = {
  /** Tries after which a provider's failure is the caller's. Limits and overload are waited out instead. */
  readonly attempts: number;
  /** The wait after the first try that failed; doubled each time. */
  readonly firstWaitMs: number;
  /** From a request's arrival: it is held no longer before a try begins. */
  readonly holdMs: number;
  /** From a request's arrival to its answer's headers. */
  readonly firstByteMs: number;
};

export const defaultPatienceLimits: PatienceLimits = {
  attempts: 4,
  firstWaitMs: 500,
  holdMs: 60_000,
  // Below the broker's patience with a silent connection, so that ours is the answer.
  firstByteMs: 110_000,
};

/** A request on its way. The body is let go of as soon as nobody can need it again. */
export type ProviderCall = Pick<UpstreamCall, "path" | "headers"> & {
  body: Uint8Array;
  /** Aborted when the client left: no other try begins. One that has begun is paid for. */
  readonly signal: AbortSignal;
  readonly role: Role;
  readonly model: string;
  readonly estimate: CallCost;
};

export type ProviderPorts = {
  readonly ask: AskUpstream;
  readonly limiter: Limiter;
  readonly health: ProviderHealth;
  readonly limits: PatienceLimits;
  readonly clock: Clock;
  readonly onRetry: (retry: {
    readonly attempt: number;
    readonly waitMs: number;
    readonly why: string;
  }) => void;
};

export type ProviderAnswer =
  | {
      readonly kind: "answer";
      readonly answer: Extract<UpstreamAnswer, { kind: "answer" }>;
      /** To be finished when the answer is. */
      readonly turn: Turn;
      readonly attempt: number;
    }
  | {
      readonly kind: "away";
      readonly why: "timeout" | "unreachable";
      readonly attempt: number;
    }
  /** Nobody was asked for too long: come back later. */
  | { readonly kind: "held"; readonly retryAfterMs: number; readonly attempt: number };

const nothing: Uint8Array = new Uint8Array();
/** A call that was held for long still gets so much time for its answer. */
const shortestTryMs = 10_000;

/** From a request's arrival: its answer's headers come no later, or never. */
export function latestAnswerMs({
  holdMs,
  firstByteMs,
}: Pick<PatienceLimits, "holdMs" | "firstByteMs">): number {
  return Math.max(firstByteMs, holdMs + shortestTryMs);
}

/**
 * Asks when it is the caller's turn, and again where it was weather, before any byte was passed on
 * (G2, G3). A limit or overload stops everybody for a while; the call keeps its place in the line.
 *
 * @throws the signal's reason when the client left before a try, or between two
 */
export async function askProvider(
  call: ProviderCall,
  ports: ProviderPorts,
): Promise<ProviderAnswer> {
  const { limits, clock, health, onRetry } = ports;
  const arrivedMs = clock.nowMs();
  const untilMs = arrivedMs + limits.holdMs;
  for (let attempt = 1, failures = 0; ; attempt += 1) {
    const tried = await tryInTurn(call, { arrivedMs, untilMs }, ports);
    if (tried.kind === "held") return { ...tried, attempt };
    const { answer, turn } = tried;
    const why = reasonOf(answer);
    const verdict = verdictOf(answer);
    if (verdict === "answered") health.answered();
    else health.failed(why);
    if (verdict === "overloaded") {
      onRetry({ attempt, waitMs: 0, why });
      letGo(answer, turn);
      continue;
    }
    failures += 1;
    const waitMs = waitAfter(answer, failures, ports);
    const isSpent = failures >= limits.attempts || clock.nowMs() + waitMs > untilMs;
    if (verdict !== "failed" || isSpent) {
      call.body = nothing;
      return lastWord(answer, turn, attempt);
    }
    onRetry({ attempt, waitMs, why });
    letGo(answer, turn);
    await clock.sleep(waitMs, call.signal);
  }
}

type Tried = { readonly kind: "tried"; readonly answer: UpstreamAnswer; readonly turn: Turn };

async function tryInTurn(
  { role, model, estimate: cost, path, headers, body, signal }: ProviderCall,
  times: { readonly arrivedMs: number; readonly untilMs: number },
  { ask, limiter, health, limits, clock }: ProviderPorts,
): Promise<Tried | NoTurn> {
  const turn = await limiter.turn({ role, model, cost, signal, ...times });
  if (turn.kind === "held") {
    // A line that does not move for so long is a trouble like any other, unless some are answered.
    health.failed("held for too long");
    return turn;
  }
  const leftMs = times.arrivedMs + limits.firstByteMs - clock.nowMs();
  const firstByteMs = Math.min(limits.firstByteMs, Math.max(shortestTryMs, leftMs));
  try {
    const answer = await ask({ path, headers, body, firstByteMs });
    if (answer.kind === "answer" && verdictOf(answer) === "overloaded")
      turn.refused(answer.headers, namedWaitMs(answer.headers, clock));
    else if (answer.kind === "answer") turn.answered(answer.headers);
    return { kind: "tried", answer, turn };
  } catch (error) {
    turn.finished(null);
    throw error;
  }
}

/** What an answer of the provider means for us. */
type Verdict = "answered" | "overloaded" | "failed" | "final";

/** Limits, overload, and what a proxy on the way says of either. Who waited long is told instead. */
function verdictOf(answer: UpstreamAnswer): Verdict {
  if (answer.kind === "away") return answer.why === "unreachable" ? "failed" : "final";
  const { status, headers } = answer;
  if (status !== 408 && status !== 429 && status < 500) return "answered";
  if (headers["x-should-retry"] === "false") return "final";
  return status === 429 || status === 529 ? "overloaded" : "failed";
}

function reasonOf(answer: UpstreamAnswer): string {
  return answer.kind === "away" ? answer.why : String(answer.status);
}

function lastWord(answer: UpstreamAnswer, turn: Turn, attempt: number): ProviderAnswer {
  if (answer.kind === "answer") return { kind: "answer", answer, turn, attempt };
  turn.finished(null);
  return { kind: "away", why: answer.why, attempt };
}

/** Read to its end, so that the connection serves another try. */
function letGo(answer: UpstreamAnswer, turn: Turn): void {
  turn.finished(null);
  if (answer.kind === "answer") answer.body.on("error", () => {}).resume();
}

function waitAfter(answer: UpstreamAnswer, failures: number, ports: ProviderPorts): number {
  const { limits, clock } = ports;
  const own = backoffMs(failures, { firstWaitMs: limits.firstWaitMs });
  const named = answer.kind === "answer" ? namedWaitMs(answer.headers, clock) : null;
  return Math.max(own, named ?? 0);
}

/** `retry-after` in seconds or as a date; null without one. */
function namedWaitMs(headers: IncomingHttpHeaders, clock: Clock): number | null {
  const said = headers["retry-after"];
  if (said === undefined) return null;
  const seconds = Number(said);
  const ms = Number.isFinite(seconds) ? seconds * 1000 : Date.parse(said) - clock.nowMs();
  return Number.isFinite(ms) ? Math.max(0, ms) : null;
}
