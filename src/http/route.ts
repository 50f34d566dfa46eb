import type { IncomingMessage, ServerResponse } from "node:http";
import { shortId } from "../lib/ids.ts";
import { PortError } from "../lib/port-error.ts";
import type { Log } from "./log.ts";
import { type Reply, refusal, send } from "./reply.ts";
import { setSecurityHeaders } from "./security-headers.ts";

/** Probot's shape of a handler: true when it has answered. */
export type Handler = (req: IncomingMessage, res: ServerResponse) => Promise<boolean>;

export type Exchange = { readonly req: IncomingMessage; readonly res: ServerResponse };

export type Route = {
  readonly method: "GET" | "POST";
  readonly path: string;
  /** The answer, or `sent` where it streamed one itself. */
  readonly answer: (exchange: Exchange) => Promise<Reply | "sent">;
};

const retryAfterSeconds = "5";

/** Makes a handler of a route; the edge where errors become answers (style guide §7). */
export function handlerOf({ method, path, answer }: Route, log: Log): Handler {
  return async (req, res) => {
    if (pathOf(req) !== path) return false;
    setSecurityHeaders(res);
    if (!accepts(method, req.method)) {
      const detail = `${path} takes ${method} only.`;
      send(res, { ...refusal(405, "methodNotAllowed", detail), headers: { allow: method } });
      return true;
    }
    try {
      const reply = await answer({ req, res });
      if (reply !== "sent") send(res, reply);
    } catch (error) {
      answerError({ req, res }, error, log);
    }
    return true;
  };
}

function pathOf(req: IncomingMessage): string {
  return (req.url ?? "/").split("?", 1)[0] ?? "/";
}

function accepts(method: "GET" | "POST", asked: string | undefined): boolean {
  return asked === method || (method === "GET" && asked === "HEAD");
}

function answerError({ req, res }: Exchange, error: unknown, log: Log): void {
  const { id, retryable } = logError(log, error, { path: pathOf(req) });
  if (res.headersSent || res.destroyed) {
    res.destroy();
    return;
  }
  const reply = retryable
    ? refusal(503, "unavailable", `The product cannot store anything right now (${id}).`)
    : refusal(500, "internal", `Something broke; the log has it as ${id}.`);
  send(res, retryable ? { ...reply, headers: { "retry-after": retryAfterSeconds } } : reply);
}

/** Logs what was thrown, under an id that people can quote. */
export function logError(
  log: Log,
  error: unknown,
  facts: object,
): { readonly id: string; readonly retryable: boolean } {
  const id = shortId();
  const retryable = error instanceof PortError && error.retryable;
  if (retryable) log.warn({ ...facts, id, err: error }, "http.unavailable");
  else log.error({ ...facts, id, err: error }, "http.broke");
  return { id, retryable };
}
