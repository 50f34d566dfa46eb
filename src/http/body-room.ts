import type { IncomingMessage } from "node:http";
import type { LifeIdentity } from "../domain/agent.ts";
import { discardRest } from "../lib/discard-rest.ts";
import { type Reply, refusal } from "./reply.ts";

// A body is held whole while it is read and answered. A cell may send as many as it has connections:
// without a bound of all of them together one cell could fill the process.

/**
 * Makes room for a request's body.
 *
 * @param mostBytes of one request, as far as it does not say how long it is
 * @returns says that the body is let go of; null where the life's others leave no room
 */
export type EnterBody = (
  life: LifeIdentity,
  req: Pick<IncomingMessage, "method" | "headers">,
  mostBytes: number,
) => (() => void) | null;

/** @param roomBytes of one life's requests together, in this process; a single one always has room */
export function createBodyRoom(roomBytes: number): EnterBody {
  const held = new Map<string, number>();
  return ({ epicId, agent, life }, req, mostBytes) => {
    const bytes = Math.min(declaredBytes(req) ?? mostBytes, mostBytes);
    if (bytes === 0) return nothing;
    const name = `${epicId}/${agent}/${life}`;
    const before = held.get(name) ?? 0;
    if (before > 0 && before + bytes > roomBytes) return null;
    held.set(name, before + bytes);
    return () => {
      const left = (held.get(name) ?? 0) - bytes;
      if (left > 0) held.set(name, left);
      else held.delete(name);
    };
  };
}

/** @param leave null: the request goes unread */
export async function withBody<Value>(
  leave: (() => void) | null,
  req: IncomingMessage,
  work: () => Promise<Value>,
): Promise<Value | Reply> {
  if (leave === null) {
    discardRest(req);
    return refusal(429, "noRoom", "Your other requests fill your room: wait for one to end.");
  }
  try {
    return await work();
  } finally {
    leave();
  }
}

function declaredBytes({ method, headers }: Parameters<EnterBody>[1]): number | null {
  if (method === "GET" || method === "HEAD") return 0;
  const declared = headers["content-length"];
  return declared === undefined ? null : Number(declared);
}

function nothing(): void {}
