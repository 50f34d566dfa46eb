import type { Role } from "../domain/states.ts";
import type { Circuit } from "./circuit.ts";
import type { CallCost, RateWindow, SeenWindow } from "./rate-windows.ts";
import { createSlices, type Slices, type SliceWant } from "./slices.ts";

// Who calls next: a pure core that is told the time and does no I/O, so that tests and benches can
// step it. Orchestrators come before supervisors before workers; whoever has waited long enough
// comes before a greater one that has just come, so that nobody starves. Nobody is passed by one
// who uses up what they wait for.

export type WaitingCall = {
  readonly id: number;
  readonly role: Role;
  readonly model: string;
  /** Estimated; settled when the call is over. */
  readonly cost: CallCost;
  readonly arrivedMs: number;
  /** Sent away then. */
  readonly untilMs: number;
};

export type SchedulerSettings = {
  /** By so much waiting a supervisor's call is worth a worker's that came earlier, and so on. */
  readonly priorityMs: number;
  /** Calls of a model at once before its first answer told the limits. */
  readonly firstCalls: number;
  readonly circuit: Circuit;
  /** In [0, 1). */
  readonly random: () => number;
};

export type Step = {
  readonly start: readonly number[];
  /** They waited for as long as they may, or would: the provider's pause is longer. */
  readonly sendAway: readonly { readonly id: number; readonly retryAfterMs: number }[];
  /** Slices to lease now; more are named when `granted` has told what came of it. */
  readonly wants: readonly SliceWant[];
  /** When to step again at the latest, if nothing happens before; null: never. */
  readonly nextMs: number | null;
};

export type Scheduler = {
  readonly add: (call: WaitingCall) => void;
  /** A waiting call's client left. */
  readonly remove: (id: number) => void;
  /** A started call is over. `used` is null where it used up nothing. */
  readonly finished: (id: number, used: CallCost | null) => void;
  /** A call of the model was answered, with these limits in its headers, perhaps none. */
  readonly learned: (model: string, windows: readonly SeenWindow[], nowMs: number) => void;
  /** A window that is known from elsewhere. */
  readonly known: (window: RateWindow) => void;
  /** The lease of the last wants is over: these amounts by name, nothing of others. */
  readonly granted: (amounts: ReadonlyMap<string, number>, nowMs: number) => void;
  readonly step: (nowMs: number) => Step;
  readonly counts: () => SchedulerCounts;
};

export type SchedulerCounts = {
  readonly waiting: Readonly<Record<Role, number>>;
  readonly running: number;
};

const rank: Readonly<Record<Role, number>> = { orchestrator: 2, supervisor: 1, worker: 0 };

export function createScheduler(settings: SchedulerSettings): Scheduler {
  const waiting = new Map<number, WaitingCall>();
  const running = new Map<number, RunningCall>();
  const knownModels = new Set<string>();
  const slices = createSlices(settings.random);
  const world: World = { ...settings, waiting, running, knownModels, slices };
  return {
    add: (call) => void waiting.set(call.id, call),
    remove: (id) => void waiting.delete(id),
    finished: (id, used) => {
      const call = running.get(id);
      if (!call || !running.delete(id)) return;
      slices.settle(call.model, call.cost, used);
    },
    learned: (model, windows, nowMs) => {
      knownModels.add(model);
      for (const window of windows) slices.know(window, nowMs);
    },
    known: (window) => {
      slices.know({ ...window, remaining: null }, 0);
      const model = /^(.*): /.exec(window.name)?.[1];
      if (model !== undefined) knownModels.add(model);
    },
    granted: slices.granted,
    step: (nowMs) => step(world, nowMs),
    counts: () => countsOf(world),
  };
}

type RunningCall = WaitingCall & { readonly begunMs: number };

type World = SchedulerSettings & {
  readonly waiting: Map<number, WaitingCall>;
  readonly running: Map<number, RunningCall>;
  readonly knownModels: ReadonlySet<string>;
  readonly slices: Slices;
};

function step(world: World, nowMs: number): Step {
  const { waiting, circuit, slices } = world;
  const order = inOrder(world);
  const pausedUntilMs = circuit.pausedUntilMs();
  const away = order.filter(({ untilMs }) => untilMs <= Math.max(nowMs, pausedUntilMs));
  for (const { id } of away) waiting.delete(id);
  const staying = order.filter(({ id }) => waiting.has(id));
  const start = nowMs < pausedUntilMs ? [] : startable(world, staying);
  for (const call of start) begin(world, call, nowMs);
  const left = staying.filter(({ id }) => waiting.has(id));
  const demand = isProbing(world) ? [] : left;
  const { wants, nextMs } = slices.wants(nowMs < pausedUntilMs ? [] : demand, nowMs);
  const pauseEndMs = nowMs < pausedUntilMs && left.length > 0 ? pausedUntilMs : null;
  const times = [nextMs, pauseEndMs, ...left.map(({ untilMs }) => untilMs)];
  const known = times.filter((time) => time !== null);
  return {
    start: start.map(({ id }) => id),
    sendAway: away.map((call) => ({
      id: call.id,
      retryAfterMs: Math.max(pausedUntilMs - nowMs, slices.waitOf(call, order)),
    })),
    wants,
    nextMs: known.length === 0 ? null : Math.min(...known),
  };
}

/** By arrival, with a head start for the greater role: linear ageing in other words. */
function inOrder({ waiting, priorityMs }: World): readonly WaitingCall[] {
  const placeOf = ({ role, arrivedMs }: WaitingCall): number => arrivedMs - rank[role] * priorityMs;
  return [...waiting.values()].sort(
    (one, other) => placeOf(one) - placeOf(other) || one.id - other.id,
  );
}

/** Calls begun before the pause tell nothing, however long their answers still stream. */
function isProbing({ circuit, running }: World): boolean {
  if (!circuit.isTrying()) return false;
  return [...running.values()].some(({ begunMs }) => begunMs >= circuit.pausedUntilMs());
}

/** What an earlier one waits for is kept for it: a later one gets what is left beyond that. */
function startable(world: World, order: readonly WaitingCall[]): readonly WaitingCall[] {
  const { circuit, running, knownModels, firstCalls, slices } = world;
  if (isProbing(world)) return [];
  const left = slices.left();
  const starting: WaitingCall[] = [];
  const ofModel = (model: string): number =>
    [...running.values(), ...starting].filter((call) => call.model === model).length;
  for (const call of order) {
    if (circuit.isTrying() && starting.length > 0) break;
    const fits = left.take(call);
    const isNew = !knownModels.has(call.model);
    if (fits && !(isNew && ofModel(call.model) >= firstCalls)) starting.push(call);
  }
  return starting;
}

function begin({ waiting, running, slices }: World, call: WaitingCall, nowMs: number): void {
  waiting.delete(call.id);
  running.set(call.id, { ...call, begunMs: nowMs });
  slices.use(call, nowMs);
}

function countsOf({ waiting, running }: World): SchedulerCounts {
  const of = (role: Role): number =>
    [...waiting.values()].filter((call) => call.role === role).length;
  return {
    waiting: {
      orchestrator: of("orchestrator"),
      supervisor: of("supervisor"),
      worker: of("worker"),
    },
    running: running.size,
  };
}
