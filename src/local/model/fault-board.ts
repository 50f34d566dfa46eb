import type { Fault } from "./fault-schema.ts";
import type { RoleName } from "./script-schema.ts";

/** Faults that wait to strike. */
export type FaultBoard = {
  /** The fault that strikes this call, which uses it up by one; `null` for none. */
  strike(role: RoleName | null): Fault | null;
  add(faults: readonly Fault[]): void;
  clear(): void;
  /** The faults that can still strike, with what is left of them. */
  pending(): readonly (Fault & { readonly left: number | "many" })[];
};

type Waiting = { readonly fault: Fault; passing: number; left: number };

/**
 * Faults strike in the order they were added; the first that fits a call takes it.
 *
 * @param earlier who made the calls that have used up some of it already
 */
export function createFaultBoard(
  initial: readonly Fault[],
  earlier: readonly (RoleName | null)[] = [],
): FaultBoard {
  const board = boardOf(initial);
  for (const role of earlier) board.strike(role);
  return board;
}

function boardOf(initial: readonly Fault[]): FaultBoard {
  let waiting: Waiting[] = initial.map(toWaiting);
  return {
    strike(role) {
      const fitting = waiting.filter(({ fault }) => (fault.role ?? role) === role);
      const ready = fitting.find(({ passing, left }) => passing === 0 && left > 0);
      for (const one of fitting) if (one.passing > 0) one.passing -= 1;
      if (!ready) return null;
      ready.left -= 1;
      waiting = waiting.filter(({ left }) => left > 0);
      return ready.fault;
    },
    add(faults) {
      waiting.push(...faults.map(toWaiting));
    },
    clear() {
      waiting = [];
    },
    pending() {
      return waiting.map(({ fault, passing, left }) => ({
        ...fault,
        after: passing,
        left: Number.isFinite(left) ? left : "many",
      }));
    },
  };
}

function toWaiting(fault: Fault): Waiting {
  const left = fault.times === "many" ? Number.POSITIVE_INFINITY : fault.times;
  return { fault, passing: fault.after, left };
}
