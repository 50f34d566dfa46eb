import {
  type CallCost,
  holdsFor,
  measure,
  type RateWindow,
  type SeenWindow,
} from "./rate-windows.ts";

// What this process holds of every window: slices that it leased, less what its calls took.

/** A lease to ask for; `want` below nothing gives back. */
export type SliceWant = RateWindow & { readonly want: number; readonly remaining: number | null };

type Demand = { readonly model: string; readonly cost: CallCost };

export type Slices = {
  readonly know: (window: SeenWindow, nowMs: number) => void;
  /** Takes a call's cost out of its windows. */
  readonly use: (call: Demand, nowMs: number) => void;
  /** Puts back what was estimated and takes what was used. */
  readonly settle: (model: string, estimate: CallCost, used: CallCost | null) => void;
  /** The lease that `wants` named is over; it granted nothing of what is not named here. */
  readonly granted: (amounts: ReadonlyMap<string, number>, nowMs: number) => void;
  /** A copy to try calls on: `take` says whether a call fits, and takes its part either way. */
  readonly left: () => { readonly take: (call: Demand) => boolean };
  /**
   * What to lease for these calls, first come first; and when to ask again at the latest. Nothing
   * while a lease is under way: what it brings is not known yet, what it gives back is gone.
   */
  readonly wants: (
    order: readonly Demand[],
    nowMs: number,
  ) => { readonly wants: readonly SliceWant[]; readonly nextMs: number | null };
  /** In how many milliseconds all of `order` up to this call could have begun. */
  readonly waitOf: (call: Demand, order: readonly Demand[]) => number;
};

type Held = {
  window: RateWindow;
  have: number;
  seen: { readonly remaining: number; readonly atMs: number } | null;
  /** What was asked for last, and how much of it the first in line needs. */
  asked: { readonly want: number; readonly missing: number };
  /** Not asked again before it, as the window was empty. */
  askMs: number;
  usedMs: number;
};

/** A slice is this part of a window: some seconds of a minute's. */
const slicePart = 1 / 20;
const mostSlices = 4;
/** What nobody here used for so long is given back. */
const giveBackMs = 2_000;
const shortestAskMs = 100;
const longestAskMs = 5_000;
const dust = 1e-6;

/** @param random in [0, 1): spreads the asking of processes, so that none is always first */
export function createSlices(random: () => number): Slices {
  const held = new Map<string, Held>();
  let isLeasing = false;
  const of = (model: string): readonly Held[] =>
    [...held.values()].filter(({ window }) => holdsFor(window, model));
  return {
    know: (seen, nowMs) => know(held, seen, nowMs),
    use: ({ model, cost }, nowMs) => {
      for (const one of of(model)) {
        one.have -= needIn(one.window, cost);
        one.usedMs = nowMs;
      }
    },
    settle: (model, estimate, used) => {
      for (const one of of(model))
        one.have += needIn(one.window, estimate) - (used ? measure(one.window, used) : 0);
    },
    granted: (amounts, nowMs) => {
      isLeasing = false;
      for (const [name, amount] of amounts) {
        const one = held.get(name);
        if (one) take(one, amount, nowMs, random);
      }
    },
    left: () => {
      const left = new Map([...held].map(([name, { have }]) => [name, have]));
      return { take: ({ model, cost }) => fits(of(model), cost, left) };
    },
    wants: (order, nowMs) => {
      if (isLeasing) return { wants: [], nextMs: null };
      const found = wantsOf([...held.values()], order, nowMs);
      isLeasing = found.wants.length > 0;
      return found;
    },
    waitOf: (call, order) => waitOf(of(call.model), call, order),
  };
}

const newlyHeld = { have: 0, seen: null, asked: { want: 0, missing: 0 }, askMs: 0 };

function know(held: Map<string, Held>, { remaining, ...window }: SeenWindow, nowMs: number): void {
  const one = held.get(window.name) ?? { ...newlyHeld, window, usedMs: nowMs };
  one.window = window;
  if (remaining !== null) {
    one.seen = { remaining, atMs: nowMs };
    // Whoever else uses the account has taken it.
    one.have = Math.min(one.have, Math.max(0, remaining));
  }
  held.set(window.name, one);
}

/** A call larger than a whole window waits for a full one. */
function needIn(window: RateWindow, cost: CallCost): number {
  return Math.min(measure(window, cost), window.limit);
}

function fits(windows: readonly Held[], cost: CallCost, left: Map<string, number>): boolean {
  let isEnough = true;
  for (const { window } of windows) {
    const rest = (left.get(window.name) ?? 0) - needIn(window, cost);
    left.set(window.name, rest);
    isEnough &&= rest >= -dust;
  }
  return isEnough;
}

/** Less than was wanted means an empty window: asked again when it may have what is missing. */
function take(one: Held, amount: number, nowMs: number, random: () => number): void {
  one.seen = null;
  // What was given back left when it was.
  if (amount <= 0 && one.asked.want <= 0) return;
  one.have += amount;
  const { want, missing } = one.asked;
  if (amount >= want - dust) return;
  const { limit, perMs } = one.window;
  const untilThereMs = ((missing - amount) * perMs) / limit;
  const waitMs = Math.min(longestAskMs, Math.max(shortestAskMs, untilThereMs));
  one.askMs = nowMs + waitMs * (0.5 + random());
}

function wantsOf(held: readonly Held[], order: readonly Demand[], nowMs: number) {
  const wants: SliceWant[] = [];
  const times: number[] = [];
  for (const one of held) {
    const needs = order
      .filter(({ model }) => holdsFor(one.window, model))
      .map(({ cost }) => needIn(one.window, cost));
    const [first = 0] = needs;
    if (needs.length > 0 && one.have < first - dust) {
      const slice = one.window.limit * slicePart;
      const sum = needs.reduce((total, need) => total + need, 0);
      const want = Math.max(slice, first, Math.min(sum, slice * mostSlices)) - one.have;
      if (nowMs >= one.askMs) wants.push(asked(one, want, first, nowMs));
      else times.push(one.askMs);
    } else if (needs.length === 0 && one.have > dust) {
      // Never while a call waits for another window: it would be leased again, and given back again.
      if (nowMs >= one.usedMs + giveBackMs) wants.push(givenBack(one, nowMs));
      else times.push(one.usedMs + giveBackMs);
    }
  }
  return { wants, nextMs: times.length === 0 ? null : Math.min(...times) };
}

function asked(one: Held, want: number, first: number, nowMs: number): SliceWant {
  one.asked = { want, missing: first - one.have };
  return wantOf(one, want, nowMs);
}

function givenBack(one: Held, nowMs: number): SliceWant {
  const want = wantOf(one, -one.have, nowMs);
  one.asked = { want: -one.have, missing: 0 };
  one.have = 0;
  return want;
}

function wantOf({ window, have, seen }: Held, want: number, nowMs: number): SliceWant {
  if (seen === null) return { ...window, want, remaining: null };
  const refilled = ((nowMs - seen.atMs) * window.limit) / window.perMs;
  return { ...window, want, remaining: Math.max(0, seen.remaining + refilled - Math.max(0, have)) };
}

function waitOf(windows: readonly Held[], call: Demand, order: readonly Demand[]): number {
  const ahead = order.slice(0, order.indexOf(call) + 1);
  const waits = windows.map(({ window, have }) => {
    const needs = ahead
      .filter(({ model }) => holdsFor(window, model))
      .map(({ cost }) => needIn(window, cost));
    const missing = needs.reduce((total, need) => total + need, 0) - have;
    return (Math.max(0, missing) * window.perMs) / window.limit;
  });
  return Math.max(0, ...waits);
}
