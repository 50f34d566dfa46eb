import type { Clock } from "../../lib/clock.ts";

/** A fixed number of places, given out in the order of asking. */
export type Slots = {
  /** @returns false when no place came free within `waitMs`; the caller then holds none */
  take(waitMs: number): Promise<boolean>;
  /** Gives back a place that `take` gave. */
  give(): void;
};

/** So many at once, the others in the order they asked. */
export function createSlots(count: number, clock: Clock): Slots {
  let free = count;
  const waiting: (() => void)[] = [];

  async function wait(waitMs: number): Promise<boolean> {
    const timer = new AbortController();
    const turn = Promise.withResolvers<void>();
    const mine = (): void => turn.resolve();
    waiting.push(mine);
    const tooLong = clock.sleep(waitMs, timer.signal).catch(() => {
      // Aborted below, because the turn came first.
    });
    await Promise.race([turn.promise, tooLong]);
    timer.abort();
    // Not the race decides but the line: a place given in the same instant is ours to give back.
    const place = waiting.indexOf(mine);
    if (place < 0) return true;
    waiting.splice(place, 1);
    return false;
  }

  return {
    take: async (waitMs) => {
      if (free > 0) {
        free -= 1;
        return true;
      }
      return wait(waitMs);
    },
    give: () => {
      const next = waiting.shift();
      if (next) next();
      else free += 1;
    },
  };
}
