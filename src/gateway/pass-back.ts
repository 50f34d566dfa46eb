import type { IncomingHttpHeaders, IncomingMessage, ServerResponse } from "node:http";
import { Writable } from "node:stream";
import { pipeline } from "node:stream/promises";
import { noUsage, type Usage } from "./usage.ts";
import { createUsageMeter } from "./usage-meter.ts";

const responseHeader =
  /^(?:content-type|request-id|retry-after|x-should-retry|anthropic-ratelimit-.*)$/;

export type PassedBack = {
  /** As far as it was said; null where the provider answered well and broke off without a word. */
  readonly usage: Usage | null;
  /** We ended it: the provider may go on writing. */
  readonly isGivenUp: boolean;
  /** Why the client has not got the whole answer; null when it has. */
  readonly cut: string | null;
};

export type PassLimits = {
  /** An answer on which nothing moves for so long is given up. */
  readonly idleMs: number;
  /** What the client left is read on for so long, to know what it cost. */
  readonly drainMs: number;
  /** An answer that goes on for so long is cut, whoever reads it. */
  readonly answerMs: number;
};

export const defaultModelDrainMs = 120_000;
export const defaultModelAnswerMs = 600_000;

/**
 * Streams an answer to the client as it comes, keeping none of it, and reads its usage on the way.
 * The provider is paid for what it wrote, whoever reads it: an answer whose client leaves is read on.
 */
export async function passBack(
  answer: {
    readonly status: number;
    readonly headers: IncomingHttpHeaders;
    readonly body: IncomingMessage;
  },
  res: ServerResponse,
  limits: PassLimits,
): Promise<PassedBack> {
  const { status, headers, body } = answer;
  const meter = createUsageMeter(headers["content-type"] ?? "");
  const passed = Object.entries(headers).filter(([name]) => responseHeader.test(name));
  if (!res.destroyed) {
    res.writeHead(status, Object.fromEntries(passed));
    // At once, so that a client of a stream sees its beginning before the first event.
    res.flushHeaders();
  }
  const patience = patienceWith(res, limits);
  try {
    await pipeline(body, passingOn(res, meter.take, patience));
    return {
      usage: meter.usage(),
      isGivenUp: false,
      cut: res.writableEnded ? null : "the client left",
    };
  } catch (err) {
    // A cut in the middle is the runner's to repeat.
    res.destroy();
    const usage = meter.usage();
    const isGivenUp = patience.signal.aborted;
    const reason: unknown = isGivenUp ? patience.signal.reason : err;
    const cut = reason instanceof Error ? reason.message : String(reason);
    return { usage: status < 300 && usage === noUsage ? null : usage, isGivenUp, cut };
  } finally {
    patience.end();
  }
}

type Patience = {
  readonly signal: AbortSignal;
  readonly moved: () => void;
  readonly end: () => void;
};

function patienceWith(res: ServerResponse, { idleMs, drainMs, answerMs }: PassLimits): Patience {
  const over = new AbortController();
  const giveUp = (why: string) => (): void => over.abort(new Error(why));
  const idle = setTimeout(giveUp(`the provider sent nothing for ${idleMs} ms`), idleMs);
  const whole = setTimeout(giveUp(`the answer had no end after ${answerMs} ms`), answerMs);
  let drain: NodeJS.Timeout | undefined;
  const onLeft = (): void => {
    const why = `the client left, and the answer had no end ${drainMs} ms later`;
    drain = setTimeout(giveUp(why), drainMs);
  };
  if (res.destroyed) onLeft();
  else res.once("close", onLeft);
  return {
    signal: over.signal,
    moved: () => void idle.refresh(),
    end: () => {
      res.off("close", onLeft);
      clearTimeout(idle);
      clearTimeout(whole);
      clearTimeout(drain);
    },
  };
}

function passingOn(
  res: ServerResponse,
  take: (chunk: Uint8Array) => void,
  { signal, moved }: Patience,
): Writable {
  return new Writable({
    signal,
    write: (chunk: Uint8Array, _encoding, done) => {
      moved();
      take(chunk);
      if (res.destroyed || res.write(chunk)) done();
      else onceMoving(res, done);
    },
    final: (done) => {
      if (!res.destroyed) res.end();
      done();
    },
  });
}

function onceMoving(res: ServerResponse, done: () => void): void {
  const onMove = (): void => {
    res.off("drain", onMove);
    res.off("close", onMove);
    done();
  };
  res.once("drain", onMove);
  res.once("close", onMove);
}
