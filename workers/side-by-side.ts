import type { Logger } from "pino";
import { runLogged } from "./define-worker.ts";

export type SideBySide = {
  /** Begins work now or when there is room; nothing when work of that key runs or waits already. */
  readonly start: (key: string, work: () => Promise<void>) => void;
  /** Begins nothing more and waits for what runs. */
  readonly close: () => Promise<void>;
};

/**
 * Work of many keys, `atOnce` at a time and each key once: what is slow or fails takes nobody's
 * turn but its own. Whoever starts it does not wait for it.
 */
export function sideBySide(what: string, atOnce: number, log: Logger): SideBySide {
  const waiting = new Map<string, () => Promise<void>>();
  const running = new Map<string, Promise<void>>();
  let isClosed = false;
  const fill = () => {
    for (const [key, work] of waiting) {
      if (running.size >= atOnce) return;
      waiting.delete(key);
      const run = runLogged(`${what} ${key}`, work, log).finally(() => {
        running.delete(key);
        fill();
      });
      running.set(key, run);
    }
  };
  return {
    start: (key, work) => {
      if (isClosed || running.has(key) || waiting.has(key)) return;
      waiting.set(key, work);
      fill();
    },
    close: async () => {
      isClosed = true;
      waiting.clear();
      await Promise.all(running.values());
    },
  };
}
