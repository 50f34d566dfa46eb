import type { IncomingMessage } from "node:http";
import { redactShapes } from "../lib/redact.ts";

/** One line for the log: what happened, with facts. */
export type BrokerLog = (event: string, facts: Readonly<Record<string, string | number>>) => void;

/** Tells the log that a life's request was refused, and why. */
export type LogRefusal = (
  life: string,
  request: Pick<IncomingMessage, "method" | "url">,
  refusal: { readonly event: string; readonly status: number; readonly why: string },
) => void;

/** A cell may ask as often as it likes, and a log is on the host's disk. */
const mostPerMinute = 20;
const minuteMs = 60_000;
const mostLives = 1_000;
const loggedPath = 300;
/** As long as Node.js takes a request's head: a longer one comes to nobody. */
const longestPath = 16_384;

/** @param nowMs milliseconds that only grow */
export function createLogRefusal(log: BrokerLog, nowMs: () => number): LogRefusal {
  const counts = new Map<string, { readonly sinceMs: number; count: number }>();
  const countOf = (life: string): { count: number } => {
    const known = counts.get(life);
    if (known !== undefined && nowMs() - known.sinceMs < minuteMs) return known;
    const fresh = { sinceMs: nowMs(), count: 0 };
    counts.delete(life);
    counts.set(life, fresh);
    const [oldest] = counts.keys();
    if (counts.size > mostLives && oldest !== undefined) counts.delete(oldest);
    return fresh;
  };
  return (life, { method = "", url = "" }, { event, ...refusal }) => {
    const one = countOf(life);
    one.count += 1;
    if (one.count <= mostPerMinute) log(event, { life, method, url: pathOf(url), ...refusal });
    if (one.count === mostPerMinute)
      log("refusals.many", {
        life,
        why: `${mostPerMinute} within a minute; its next are not told`,
      });
  };
}

/** Cut last: the first half of a token is no longer of its shape. */
function pathOf(url: string): string {
  return redactShapes(url.slice(0, longestPath)).slice(0, loggedPath);
}
