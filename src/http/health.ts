import type { Reply } from "./reply.ts";
import type { Route } from "./route.ts";

// Whether this process and what it stands on are well, and since when (O2).

export type HealthOptions = {
  readonly checks: {
    /** Throws when the database does not answer. */
    readonly database: () => Promise<void>;
    /** Throws when Redis does not answer. */
    readonly queue: () => Promise<void>;
  };
  /** True once this process takes no new work because it is stopping. */
  readonly isDraining: () => boolean;
  readonly nowMs: () => number;
  /** Model calls of this process: who waits for a turn, how many run, how long nobody begins. */
  readonly models?: () => object;
  readonly checkTimeoutMs?: number;
  /** An answer is used again for so long: whoever asks often asks us, not the database. */
  readonly freshMs?: number;
};

const defaultCheckTimeoutMs = 2_000;
const defaultFreshMs = 1_000;

type Health = { readonly ok: boolean; readonly since: string; readonly detail: string };
type Probe = () => Promise<Health>;

export function health(options: HealthOptions): readonly Route[] {
  const startedAt = new Date(options.nowMs()).toISOString();
  const database = probe("the database", options.checks.database, options);
  const queue = probe("the queue", options.checks.queue, options);
  const live: Probe = async () => ({ ok: true, since: startedAt, detail: "running" });
  // Work is found in the database even while the queue is away, so readiness asks for that alone.
  const ready: Probe = async () =>
    options.isDraining() ? { ok: false, since: startedAt, detail: "draining" } : await database();
  const overall = async (): Promise<Reply> => {
    const parts = { database: await database(), queue: await queue(), ready: await ready() };
    const ok = Object.values(parts).every((part) => part.ok);
    const models = options.models?.() ?? null;
    return { status: ok ? 200 : 503, body: { ok, since: startedAt, parts, models } };
  };
  return [
    { method: "GET", path: "/health", answer: overall },
    routeOf("/health/live", live),
    routeOf("/health/ready", ready),
    routeOf("/health/database", database),
    routeOf("/health/queue", queue),
  ];
}

function routeOf(path: string, look: Probe): Route {
  return {
    method: "GET",
    path,
    answer: async () => {
      const seen = await look();
      return { status: seen.ok ? 200 : 503, body: seen };
    },
  };
}

/** Looks at most once per `freshMs`, however many ask, and remembers since when it is as it is. */
function probe(name: string, check: () => Promise<void>, options: HealthOptions): Probe {
  const { nowMs, freshMs = defaultFreshMs, checkTimeoutMs = defaultCheckTimeoutMs } = options;
  let last: { readonly atMs: number; readonly health: Promise<Health> } | null = null;
  let known: Health | null = null;
  const look = async (): Promise<Health> => {
    const ok = await answers(check, checkTimeoutMs);
    const at = new Date(nowMs()).toISOString();
    const detail = ok ? `${name} answers` : `${name} does not answer`;
    known = known?.ok === ok ? known : { ok, since: at, detail };
    return known;
  };
  return async () => {
    if (last === null || nowMs() - last.atMs >= freshMs) last = { atMs: nowMs(), health: look() };
    return await last.health;
  };
}

// The reason stays out: it names hosts and ports, and this page asks for no token.
async function answers(check: () => Promise<void>, timeoutMs: number): Promise<boolean> {
  let timer: NodeJS.Timeout | undefined;
  const late = new Promise<boolean>((resolve) => {
    timer = setTimeout(() => resolve(false), timeoutMs);
  });
  const asked = check().then(
    () => true,
    () => false,
  );
  const answered = await Promise.race([asked, late]);
  clearTimeout(timer);
  return answered;
}
