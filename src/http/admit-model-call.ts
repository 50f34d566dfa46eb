import type { LifeIdentity } from "../domain/agent.ts";
import {
  type BudgetCount,
  type BudgetLimits,
  budgetCounts,
  spentBudget,
} from "../domain/budget.ts";
import { budgetIsSpent } from "../domain/decide-budget.ts";
import { epicHasEnded } from "../domain/epic.ts";
import type { CallStanding } from "../ports/agents.ts";
import type { Store } from "../ports/store.ts";
import { whyAgentStopped } from "../tools/why-stopped.ts";
import { createLifeCounts, type PerLifeLimits } from "./per-life.ts";

/** Let in: `release` when the call is over. Kept out: the status and the words for it. */
export type Admission =
  | {
      readonly kind: "admitted";
      readonly standing: CallStanding;
      readonly release: () => void;
    }
  | {
      readonly kind: "refused";
      readonly status: 403 | 429;
      readonly message: string;
      /** The life ends for now; its agent gets another when the time has come. */
      readonly sleeps: boolean;
    };

export type AdmitModelCall = (life: LifeIdentity) => Promise<Admission>;

export type AdmissionPorts = {
  readonly epics: Pick<Store["epics"], "change">;
  readonly modelCalls: Pick<Store["modelCalls"], "standing">;
  readonly limits: PerLifeLimits;
  readonly budgets: BudgetLimits;
  /** Waits for calls of the life that are over and not booked yet. */
  readonly booked: (life: LifeIdentity) => Promise<void>;
};

/** Who works may call a model, as often as one life reasonably does, while the money lasts. */
export function createAdmitModelCall(ports: AdmissionPorts): AdmitModelCall {
  const { modelCalls, limits, budgets, booked } = ports;
  const all = createLifeCounts();
  const running = createLifeCounts();
  return async (life) => {
    await booked(life);
    const standing = await modelCalls.standing(life);
    if (standing === null) return refused(403, "There is no such agent: end now.");
    const stopped = whyNoModel(standing, life);
    if (stopped !== null) return refused(403, stopped, standing.agent.state === "PAUSED");
    if (all.of(life) >= limits.modelCalls)
      return refused(403, `A life makes at most ${limits.modelCalls} model calls: end now.`);
    if (running.of(life) >= limits.modelCallsAtOnce)
      return refused(
        429,
        `A life makes at most ${limits.modelCallsAtOnce} model calls at once: wait for one to end.`,
      );
    const spent = spentBudget(budgetCounts(standing.spent, standing.set, budgets));
    if (spent !== null) return await hold(life, spent, standing.day, ports);
    all.add(life, 1);
    running.add(life, 1);
    return { kind: "admitted", standing, release: () => running.add(life, -1) };
  };
}

function whyNoModel({ epicState, agent }: CallStanding, life: LifeIdentity): string | null {
  if (epicHasEnded({ state: epicState })) return `The epic has ended (${epicState}): end now.`;
  return whyAgentStopped(agent, life)?.detail ?? null;
}

/** The agent rests before it is answered, so that its life's end is no crash. */
async function hold(
  life: LifeIdentity,
  count: BudgetCount,
  day: string,
  { epics }: AdmissionPorts,
): Promise<Admission> {
  const cause = { what: `the ${count.level} budget is spent`, actor: null };
  await epics.change(life.epicId, cause, (view) => ({
    decision: budgetIsSpent(view, { life, count, day }),
    result: null,
  }));
  const stands = `$${count.spent.toFixed(2)} of $${count.limit.toFixed(2)}`;
  return refused(
    403,
    `The ${count.level} budget is spent (${stands}). You rest until a person raises it: end now.`,
    true,
  );
}

function refused(status: 403 | 429, message: string, sleeps = false): Admission {
  return { kind: "refused", status, message, sleeps };
}
