import { setTimeout as wait } from "node:timers/promises";
import type { StreamPlan } from "./plan-stream.ts";

/** How a stream came to its end: all sent, cut on purpose, or left by the client. */
export type StreamEnd = "sent" | "cut" | "aborted";

/**
 * Sends planned chunks as the client takes them.
 *
 * @param connection `signal` is aborted when the client goes away; `cut` breaks the connection
 *   after what is on its way
 * @param ended told once, when nothing more will be sent
 */
export function streamReply(
  plan: StreamPlan,
  connection: { readonly signal: AbortSignal; readonly cut: () => void },
  ended: (end: StreamEnd) => void,
): ReadableStream<Uint8Array> {
  const { signal, cut } = connection;
  const encoder = new TextEncoder();
  let next = 0;
  let over = false;
  const finish = (end: StreamEnd): void => {
    if (!over) ended(end);
    over = true;
  };
  return new ReadableStream(
    {
      async pull(controller) {
        const chunk = plan.chunks[next];
        next += 1;
        if (!(await waited(plan.chunkMs, signal))) return finish("aborted");
        if (chunk !== undefined) return controller.enqueue(encoder.encode(chunk));
        finish(plan.ending === "cut" ? "cut" : "sent");
        if (plan.ending === "cut") cut();
        else controller.close();
      },
      cancel() {
        finish("aborted");
      },
    },
    // Nothing is fetched ahead: when a chunk is asked for, the one before it is on its way.
    { highWaterMark: 0 },
  );
}

/** Waits; `false` when the client went away meanwhile. */
export async function waited(ms: number, signal: AbortSignal): Promise<boolean> {
  if (ms === 0) return !signal.aborted;
  try {
    await wait(ms, undefined, { signal });
    return true;
  } catch (error) {
    if (signal.aborted) return false;
    throw error;
  }
}
