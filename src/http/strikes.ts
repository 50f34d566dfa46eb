import type { LifeIdentity } from "../domain/agent.ts";
import { endMisuse } from "../domain/decide-agent.ts";
import type { Store } from "../ports/store.ts";
import type { Log } from "./log.ts";

// Misuse is refused, counted, and ended when it goes on: no healthy agent asks again and again for
// what is not its own.

/** Counts a refused request against the life whose socket or token it came by. */
export type Strike = (life: LifeIdentity | { readonly name: string }, why: string) => Promise<void>;

export type StrikePorts = {
  readonly store: Pick<Store, "health" | "epics">;
  /** Requests of one life that may be misuse before it is ended. */
  readonly maxStrikes: number;
  readonly log: Log;
};

export const defaultMaxStrikes = 20;

/** Refusals of tools that a model can run into by misjudging the state of things are none. */
const misuse: ReadonlySet<string> = new Set([
  "no-such-tool",
  "not-permitted",
  "tool-denied",
  "wrong-arguments",
  "wrong-call-id",
  "call-id-used",
  "no-such-task",
  "no-such-approval",
  "dead-life",
  "stopped",
]);

/** Whether the refusal of a tool call counts as misuse. */
export function isMisuse(refused: string): boolean {
  return misuse.has(refused);
}

/** Whether an answer says that the request itself was wrong: broken or oversized. */
export function saysMisuse(status: number): boolean {
  return status === 400 || status === 413;
}

export function createStrike({ store, maxStrikes, log }: StrikePorts): Strike {
  return async (life, why) => {
    const struck = await store.health.strike(life);
    if (struck === null) return;
    const { epicId, agent, strikes } = struck;
    log.warn({ epicId, agent, strikes, why }, "life.strike");
    if (strikes <= maxStrikes) return;
    const reason = `${strikes} of its calls were refused as misuse, more than ${maxStrikes} in one life; the last: ${why}`;
    await store.epics.change(epicId, { what: "misuse", actor: agent }, (view) => ({
      decision: endMisuse(view, agent, reason),
      result: null,
    }));
  };
}
