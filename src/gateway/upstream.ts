import type { Clock } from "../lib/clock.ts";
import { backoffMs } from "../lib/retry.ts";
import type { Secret } from "../lib/secret.ts";

/** Where models are, and what proves that we may use them. */
export type Upstream = {
  /** Without a path of the API: `https://api.anthropic.com`. */
  readonly baseUrl: string;
  /** An API key travels as x-api-key, an auth token as a bearer. */
  readonly credential: { readonly kind: "apiKey" | "authToken"; readonly secret: Secret };
};

export type UpstreamLimits = {
  /** Tries in all. */
  readonly attempts: number;
  /** All waits between tries together; a longer retry-after is the caller's to honour. */
  readonly retryBudgetMs: number;
  /** From a try's start to its answer's headers. */
  readonly firstByteMs: number;
};

export const defaultUpstreamLimits: UpstreamLimits = {
  attempts: 4,
  retryBudgetMs: 60_000,
  // Below the broker's patience with a silent connection, so that ours is the answer.
  firstByteMs: 110_000,
};

export type UpstreamCall = {
  /** Path and query as the client asked. */
  readonly path: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: Uint8Array<ArrayBuffer>;
  /** Aborted when nobody waits for the answer any more. */
  readonly signal: AbortSignal;
};

/** An answer with its headers and nothing of its body, or why there is none. */
export type UpstreamAnswer =
  | { readonly kind: "answer"; readonly response: Response }
  | { readonly kind: "away"; readonly why: "timeout" | "unreachable" };

export type UpstreamPorts = {
  readonly upstream: Upstream;
  readonly limits: UpstreamLimits;
  readonly clock: Clock;
  readonly onRetry: (retry: {
    readonly attempt: number;
    readonly waitMs: number;
    readonly why: string;
  }) => void;
};

/**
 * Sends one request to the provider, again where it was weather, before any byte was passed on (G3).
 *
 * @returns the last answer, whatever its status
 * @throws the signal's reason when it is aborted
 */
export async function askUpstream(
  call: UpstreamCall,
  ports: UpstreamPorts,
): Promise<UpstreamAnswer> {
  const { limits, clock, onRetry } = ports;
  for (let attempt = 1, waitedMs = 0; ; attempt += 1) {
    const answer = await tryOnce(call, ports);
    const waitMs = Math.max(backoffMs(attempt, { firstWaitMs: 500 }), retryAfterMs(answer, clock));
    const isLast = attempt >= limits.attempts || waitedMs + waitMs > limits.retryBudgetMs;
    if (isLast || !isWeather(answer)) return answer;
    onRetry({ attempt, waitMs, why: reasonOf(answer) });
    if (answer.kind === "answer") await answer.response.body?.cancel();
    await clock.sleep(waitMs, call.signal);
    waitedMs += waitMs;
  }
}

async function tryOnce(
  { path, headers, body, signal }: UpstreamCall,
  { upstream, limits }: UpstreamPorts,
): Promise<UpstreamAnswer> {
  const late = new AbortController();
  const timer = setTimeout(() => late.abort(), limits.firstByteMs);
  try {
    const response = await fetch(`${upstream.baseUrl.replace(/\/+$/, "")}${path}`, {
      method: "POST",
      headers: { ...headers, ...credentialHeader(upstream) },
      body,
      redirect: "manual",
      signal: AbortSignal.any([signal, late.signal]),
    });
    return { kind: "answer", response };
  } catch {
    signal.throwIfAborted();
    return { kind: "away", why: late.signal.aborted ? "timeout" : "unreachable" };
  } finally {
    clearTimeout(timer);
  }
}

function credentialHeader({ credential }: Upstream): Readonly<Record<string, string>> {
  const value = credential.secret.reveal();
  return credential.kind === "apiKey"
    ? { "x-api-key": value }
    : { authorization: `Bearer ${value}` };
}

/** Limits, overload and what a proxy on the way says of either. Who waited long is told instead. */
function isWeather(answer: UpstreamAnswer): boolean {
  if (answer.kind === "away") return answer.why === "unreachable";
  const { status, headers } = answer.response;
  if (headers.get("x-should-retry") === "false") return false;
  return status === 408 || status === 429 || status >= 500;
}

function reasonOf(answer: UpstreamAnswer): string {
  return answer.kind === "away" ? answer.why : String(answer.response.status);
}

/** Seconds or a date; 0 without one. */
function retryAfterMs(answer: UpstreamAnswer, clock: Clock): number {
  if (answer.kind === "away") return 0;
  const said = answer.response.headers.get("retry-after");
  if (said === null) return 0;
  const seconds = Number(said);
  const ms = Number.isFinite(seconds) ? seconds * 1000 : Date.parse(said) - clock.nowMs();
  return Number.isFinite(ms) ? Math.max(0, ms) : 0;
}
