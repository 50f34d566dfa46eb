import type { Logger } from "pino";
import { runLogged } from "./define-worker.ts";

/** Something that looks for what a lost wake missed. */
export type Tick = {
  readonly name: string;
  readonly everyMs: number;
  readonly run: () => Promise<void>;
};

/**
 * Process timers: nothing of them lives in Redis. A tick that is still at work is not started again;
 * what two processes find at once is guarded in PostgreSQL.
 *
 * @returns stops them and waits for what runs
 */
export function startTicks(ticks: readonly Tick[], log: Logger): () => Promise<void> {
  const stops = ticks.map((tick) => startTick(tick, log));
  return async () => {
    await Promise.all(stops.map((stop) => stop()));
  };
}

function startTick({ name, everyMs, run }: Tick, log: Logger): () => Promise<void> {
  let running: Promise<void> | null = null;
  const beat = () => {
    running ??= runLogged(`tick ${name}`, run, log).finally(() => {
      running = null;
    });
  };
  beat();
  const timer = setInterval(beat, everyMs);
  return async () => {
    clearInterval(timer);
    await running;
  };
}
