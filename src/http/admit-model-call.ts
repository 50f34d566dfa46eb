import type { LifeIdentity } from "../domain/agent.ts";
import {
  type BudgetCount,
  type BudgetLimits,
  budgetCounts,
  fullBudget,
  spentBudget,
} from "../domain/budget.ts";
import { budgetIsSpent } from "../domain/decide-budget.ts";
import { epicHasEnded } from "../domain/epic.ts";
import type { HoldCall } from "../gateway/hold-calls.ts";
import type { ModelList } from "../gateway/models.ts";
import { type CallSize, reserveCall } from "../gateway/reserve-call.ts";
import type { CallStanding, Reservation } from "../ports/model-calls.ts";
import type { Store } from "../ports/store.ts";
import { whyAgentStopped } from "../tools/why-stopped.ts";
import { createLifeCounts, type PerLifeLimits } from "./per-life.ts";

/** Let in: `release` when the call is over. Kept out: the status and the words for it. */
export type Admission =
  | {
      readonly kind: "admitted";
      readonly standing: CallStanding;
      /** What the call holds in its budgets until it is booked; null for one that costs nothing. */
      readonly reservation: Reservation | null;
      readonly release: () => void;
    }
  | {
      readonly kind: "refused";
      readonly status: 403 | 429;
      readonly message: string;
      /** The life ends for now; its agent gets another when the time has come. */
      readonly sleeps: boolean;
      /** Its life was told to end before. */
      readonly isMisuse: boolean;
    };

/** @param size null for a call that costs nothing */
export type AdmitModelCall = (life: LifeIdentity, size: CallSize | null) => Promise<Admission>;

export type AdmissionPorts = {
  readonly epics: Pick<Store["epics"], "change">;
  readonly modelCalls: Pick<Store["modelCalls"], "standing" | "admit">;
  readonly limits: PerLifeLimits;
  readonly budgets: BudgetLimits;
  /** Waits for calls of the life that are over and not booked yet. */
  readonly booked: (life: LifeIdentity) => Promise<void>;
  readonly newCallId: () => string;
  /** Keeps a call from being booked as that of a process that is gone. */
  readonly hold: HoldCall;
  /** A process's first word of a call that it holds lasts so long. */
  readonly leaseMs: number;
  readonly models: ModelList;
  /** What a model's window holds, by its full id. */
  readonly contextTokens: (modelId: string) => number;
};

/** Who works may call a model, as often as one life reasonably does, while the money lasts. */
export function createAdmitModelCall(ports: AdmissionPorts): AdmitModelCall {
  const { modelCalls, models, booked, contextTokens, leaseMs } = ports;
  const all = createLifeCounts();
  const running = createLifeCounts();
  return async (life, size) => {
    await booked(life);
    const callId = ports.newCallId();
    const last: Judged = { verdict: null, reservation: null };
    const wants = (standing: CallStanding): Reservation | null => {
      // The rows know what all processes let in, this one also what holds nothing.
      const { made, underWay } = standing.calls;
      const counts = {
        all: Math.max(made + underWay, all.of(life)),
        running: Math.max(underWay, running.of(life)),
      };
      const { model } = standing.agent;
      const { cachedTokens } = standing;
      const by = { models, cachedTokens, contextTokens: contextTokens(model) };
      const wanted = size && reserveCall(size, { callId, model }, by);
      const own = wanted?.counted ?? 0;
      last.verdict = judge(standing, life, { ...ports, counts, own });
      last.reservation = last.verdict === null ? wanted : null;
      return last.reservation;
    };
    const standing = await (size
      ? modelCalls.admit(life, wants, leaseMs)
      : modelCalls.standing(life));
    if (standing === null) return refused(403, "There is no such agent: end now.");
    if (size === null) wants(standing);
    const { verdict, reservation } = last;
    if (verdict?.kind === "spent") return await hold(life, verdict.count, standing.day, ports);
    if (verdict !== null) return verdict;
    all.add(life, 1);
    running.add(life, 1);
    const letGo = reservation ? ports.hold(reservation.callId) : null;
    const release = () => {
      running.add(life, -1);
      letGo?.();
    };
    return { kind: "admitted", standing, reservation, release };
  };
}

type Verdict =
  | Extract<Admission, { kind: "refused" }>
  | { readonly kind: "spent"; readonly count: BudgetCount };

type Judged = { verdict: Verdict | null; reservation: Reservation | null };

/** @returns null for a call that may be made */
function judge(
  standing: CallStanding,
  life: LifeIdentity,
  {
    limits,
    budgets,
    counts,
    own,
  }: Pick<AdmissionPorts, "limits" | "budgets"> & {
    readonly counts: { readonly all: number; readonly running: number };
    /** The most that the call may cost. */
    readonly own: number;
  },
): Verdict | null {
  const stopped = whyNoModel(standing, life);
  if (stopped !== null) {
    const sleeps = standing.agent.state === "PAUSED";
    return { ...refused(403, stopped, sleeps), isMisuse: !sleeps };
  }
  if (counts.all >= limits.modelCalls)
    return refused(403, `A life makes at most ${limits.modelCalls} model calls: end now.`);
  if (counts.running >= limits.modelCallsAtOnce) {
    const most = `A life makes at most ${limits.modelCallsAtOnce} model calls at once`;
    return refused(429, `${most}: wait for one to end.`);
  }
  const { spent, held, set } = standing;
  const gone = spentBudget(budgetCounts(spent, set, budgets));
  if (gone !== null) return { kind: "spent", count: gone };
  const full = fullBudget(spent, { ...held, own }, set, budgets);
  if (full === null) return null;
  const rest = `Calls under way may use up the rest of the ${full.level} budget`;
  return refused(429, `${rest} ($${full.limit.toFixed(2)}): wait for one to end.`);
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

function refused(
  status: 403 | 429,
  message: string,
  sleeps = false,
): Extract<Admission, { kind: "refused" }> {
  return { kind: "refused", status, message, sleeps, isMisuse: false };
}
