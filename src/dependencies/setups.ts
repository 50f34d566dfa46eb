import type { Clock } from "../lib/clock.ts";
import { backoffMs } from "../lib/retry.ts";
import type { SetupResult } from "../ports/dependencies.ts";
import { remember } from "./remember.ts";

// The setups that this process runs: so many at once, each once however many ask for it, and what
// is to be remembered of those that failed for reasons that are not their tree's.

type Weather = Extract<SetupResult, { readonly kind: "weather" }>;

export type Outcome =
  | Exclude<SetupResult, Weather>
  /**
   * `tries` in a row ended like this; the next one begins in `retryInMs`. New: the last of them ended
   * just now; else nothing was tried.
   */
  | (Weather & { readonly tries: number; readonly retryInMs: number; readonly isNew: boolean });

/** What a setup is at now. */
export type Standing =
  | { readonly kind: "runs" }
  /** Others have to end first. */
  | { readonly kind: "inLine" }
  | Extract<Outcome, Weather>;

export type Setups = {
  /**
   * Looks at a setup; null when one may begin now.
   *
   * @throws what broke the setup that was begun last: once, to whoever asks first
   */
  readonly standing: (name: string) => Standing | null;
  /**
   * Runs a setup when it is its turn, or waits for the one of that name that runs already. Before the
   * wait after a trouble is over it runs nothing, and gives that trouble.
   *
   * @param name short: it is remembered
   */
  readonly run: (name: string, work: () => Promise<SetupResult>) => Promise<Outcome>;
  /** The same, and nobody waits for it. */
  readonly begin: (name: string, work: () => Promise<SetupResult>) => void;
};

type Running = { hasBegun: boolean; readonly outcome: Promise<Outcome> };
type Trouble = { readonly weather: Weather; readonly tries: number; readonly untilMs: number };

const WAITS = { firstWaitMs: 5_000, longestWaitMs: 60_000 };
/** Troubles of so long ago are forgotten. */
const FORGOTTEN_MS = 3_600_000;

export function createSetups({
  atOnce,
  clock,
}: {
  readonly atOnce: number;
  readonly clock: Clock;
}): Setups {
  const running = new Map<string, Running>();
  const troubles = new Map<string, Trouble>();
  const broken = new Map<string, unknown>();
  const turns = createTurns(atOnce);

  const settle = (name: string, result: SetupResult): Outcome => {
    if (result.kind !== "weather") {
      troubles.delete(name);
      return result;
    }
    const now = clock.nowMs();
    const tries = 1 + (troubles.get(name)?.tries ?? 0);
    const retryInMs = backoffMs(tries, WAITS);
    for (const [other, { untilMs }] of troubles)
      if (now - untilMs > FORGOTTEN_MS) troubles.delete(other);
    remember(troubles, name, { weather: result, tries, untilMs: now + retryInMs });
    return { ...result, tries, retryInMs, isNew: true };
  };
  const waiting = (name: string): Extract<Outcome, Weather> | null => {
    const trouble = troubles.get(name);
    const retryInMs = (trouble?.untilMs ?? 0) - clock.nowMs();
    if (trouble === undefined || retryInMs <= 0) return null;
    return { ...trouble.weather, tries: trouble.tries, retryInMs, isNew: false };
  };
  const run: Setups["run"] = async (name, work) => {
    const known = running.get(name);
    if (known !== undefined) return await known.outcome;
    const trouble = waiting(name);
    if (trouble !== null) return trouble;
    broken.delete(name);
    const inTurn = async (): Promise<Outcome> => {
      const leave = await turns();
      try {
        entry.hasBegun = true;
        return settle(name, await work());
      } finally {
        running.delete(name);
        leave();
      }
    };
    // Begun only once it is noted: it asks for its own note.
    const outcome = Promise.resolve().then(inTurn);
    const entry: Running = { hasBegun: false, outcome };
    running.set(name, entry);
    return await outcome;
  };
  return {
    run,
    begin: (name, work) => {
      run(name, work).catch((error: unknown) => remember(broken, name, error));
    },
    standing: (name) => {
      const entry = running.get(name);
      if (entry !== undefined) return { kind: entry.hasBegun ? "runs" : "inLine" };
      if (broken.has(name)) {
        const error = broken.get(name);
        broken.delete(name);
        throw error;
      }
      return waiting(name);
    },
  };
}

/** So many at once, the others in the order of asking. @returns what takes a turn, and then gives it back */
function createTurns(atOnce: number): () => Promise<() => void> {
  let free = atOnce;
  const line: (() => void)[] = [];
  const leave = (): void => {
    const next = line.shift();
    if (next === undefined) free += 1;
    else next();
  };
  return async () => {
    if (free > 0) free -= 1;
    else await new Promise<void>((resolve) => line.push(resolve));
    return leave;
  };
}
