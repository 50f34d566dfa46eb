import { constants } from "node:os";
import type { LifeEnd } from "../domain/decide-life-end.ts";
import type { RestartRules } from "../domain/restarts.ts";
import type { SessionInfo } from "../ports/host.ts";

/** What is known of a life whose process has ended. */
export type Remains = {
  /** null: nobody knows how it ended. */
  readonly session: SessionInfo | null;
  readonly screen: string;
  readonly ageMs: number;
  /** Lives of its agent in a row, right before it, that gave up because of the outside. */
  readonly weatherBefore: number;
  /** For how long still the provider's limits hold its agent; null where they did not end it. */
  readonly heldForMs: number | null;
};

export type Ended = { readonly end: LifeEnd; readonly reason: string };

/** The runner's and the wrapper's exit codes; every other one is a crash. */
const exitCodes = { asked: 0, fenced: 3, weather: 4, turns: 5, loop: 6, harness: 7 } as const;
/** Shells and wrappers say 128 + n of a child that was ended by signal n. */
const firstSignalCode = 129;
const lastSignalCode = 192;

/** Said by what stands around a cell when the kernel ended something in it, and by Node.js. */
const outOfMemory = /^cell: out of memory\b|heap out of memory/m;

/** What the end of a process means for its agent; pure, from the exit code and the last screen. */
export function endOf(remains: Remains, rules: RestartRules): Ended {
  const { session, screen } = remains;
  const lastWords = lastLine(screen);
  const because = (what: string): string => (lastWords === "" ? what : `${what}: ${lastWords}`);
  switch (session?.exitCode) {
    case exitCodes.asked:
      return { end: { how: "asleep" }, reason: "it went to sleep" };
    case exitCodes.fenced:
      return gaveUp("fenced", because("it was turned away"), remains, rules);
    case exitCodes.weather:
      return gaveUp("weather", because("it gave up waiting"), remains, rules);
    case exitCodes.turns:
      return crashed(because("it reached its limit of turns"), remains);
    case exitCodes.loop:
      return crashed(because("it went round in circles"), remains);
    case exitCodes.harness: {
      const reason = because("its program is missing or too old");
      return { end: { how: "unable", reason }, reason };
    }
    default:
      return crashed(deathOf(remains), remains);
  }
}

/** One that lasted longer than the longest wait begins the waits anew. */
function gaveUp(
  how: "weather" | "fenced",
  reason: string,
  { ageMs, weatherBefore, heldForMs }: Remains,
  rules: RestartRules,
): Ended {
  const before = ageMs > rules.longestWeatherWaitMs ? 0 : weatherBefore;
  return { end: { how, reason, before, heldForMs }, reason };
}

function crashed(reason: string, { screen, ageMs }: Remains): Ended {
  return { end: { how: "crashed", reason, lastScreen: screen, ageMs }, reason };
}

function deathOf({ session, screen }: Remains): string {
  if (!session) return "its process was gone";
  const { signal, exitCode } = session;
  const number = signal ?? signalOf(exitCode);
  if (number === null) return `it ended with exit code ${exitCode ?? "unknown"}`;
  if (outOfMemory.test(screen)) return "it ran out of the memory its cell may use, and was killed";
  return `it was ended by signal ${nameOfSignal(number)}`;
}

function signalOf(exitCode: number | null): number | null {
  if (exitCode === null || exitCode < firstSignalCode || exitCode > lastSignalCode) return null;
  return exitCode - firstSignalCode + 1;
}

function nameOfSignal(number: number): string {
  const known = Object.entries(constants.signals).find(([, one]) => one === number);
  return known ? `${number} (${known[0]})` : String(number);
}

/** Programs of agents say last why they end: `exit 4: asking the model failed too often`. */
function lastLine(screen: string): string {
  const line = screen.split("\n").findLast((one) => one.trim() !== "") ?? "";
  return line.replace(/^.*\bexit \d+: /, "").trim();
}
