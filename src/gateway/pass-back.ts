import type { IncomingHttpHeaders, IncomingMessage, ServerResponse } from "node:http";
import { Transform } from "node:stream";
import { pipeline } from "node:stream/promises";
import type { Usage } from "./usage.ts";
import { createUsageMeter } from "./usage-meter.ts";

const responseHeader =
  /^(?:content-type|request-id|retry-after|x-should-retry|anthropic-ratelimit-.*)$/;

export type PassedBack = {
  readonly usage: Usage;
  /** Why the answer ended before its end; null when it did not. */
  readonly cut: string | null;
};

/**
 * Streams an answer to the client as it comes, keeping none of it, and reads its usage on the way.
 *
 * @param idleMs an answer on which nothing moves for so long is given up
 */
export async function passBack(
  answer: {
    readonly status: number;
    readonly headers: IncomingHttpHeaders;
    readonly body: IncomingMessage;
  },
  res: ServerResponse,
  idleMs: number,
): Promise<PassedBack> {
  const { status, headers, body } = answer;
  const meter = createUsageMeter(headers["content-type"] ?? "");
  const passed = Object.entries(headers).filter(([name]) => responseHeader.test(name));
  res.writeHead(status, Object.fromEntries(passed));
  // At once, so that a client of a stream sees its beginning before the first event.
  res.flushHeaders();
  try {
    await pipeline(body, metering(meter.take, idleMs), res);
    return { usage: meter.usage(), cut: null };
  } catch (err) {
    // A cut in the middle is the runner's to repeat; what came before it is booked all the same.
    return { usage: meter.usage(), cut: err instanceof Error ? err.message : String(err) };
  }
}

function metering(take: (chunk: Uint8Array) => void, idleMs: number): Transform {
  const giveUp = (): void => {
    transform.destroy(new Error(`the provider sent nothing for ${idleMs} ms`));
  };
  const timer = setTimeout(giveUp, idleMs);
  const transform = new Transform({
    transform: (chunk: Uint8Array, _encoding, done) => {
      timer.refresh();
      take(chunk);
      done(null, chunk);
    },
    flush: (done) => {
      clearTimeout(timer);
      done();
    },
    destroy: (error, done) => {
      clearTimeout(timer);
      done(error);
    },
  });
  return transform;
}
