import type { IncomingMessage } from "node:http";
import type { LifeIdentity } from "../domain/agent.ts";
import { discardRest } from "../lib/discard-rest.ts";
import { type Reply, refusal } from "./reply.ts";

// A body is held whole while it is read and answered. A cell may send as many as it has connections:
// without a bound of all of them together one cell could fill the process.

/** One request's part of its life's room. */
export type BodyRoom = {
  /** More of a body whose length nobody knew has come. @returns false: there is no room for it */
  readonly take: (bytes: number) => boolean;
  /** The body is let go of. */
  readonly leave: () => void;
};

/** A request with the room that its body has. */
export type RoomExchange = { readonly req: IncomingMessage; readonly room: BodyRoom };

/**
 * Makes room for a request's body: for all of it where it says how long it is, else for what comes.
 *
 * @param mostBytes of one request
 * @returns null where the life's others leave no room
 */
export type EnterBody = (
  life: LifeIdentity,
  req: Pick<IncomingMessage, "method" | "headers">,
  mostBytes: number,
) => BodyRoom | null;

/** @param roomBytes of one life's requests together, in this process; a single one always has room */
export function createBodyRoom(roomBytes: number): EnterBody {
  const held = new Map<string, number>();
  return ({ epicId, agent, life }, req, mostBytes) => {
    const name = `${epicId}/${agent}/${life}`;
    let own = 0;
    const grow = (bytes: number): boolean => {
      const all = held.get(name) ?? 0;
      if (bytes > 0 && all > own && all + bytes > roomBytes) return false;
      own += bytes;
      if (all + bytes > 0) held.set(name, all + bytes);
      else held.delete(name);
      return true;
    };
    const declared = declaredBytes(req);
    if (!grow(Math.min(declared ?? 0, mostBytes))) return null;
    const take = declared === null ? grow : isTaken;
    return { take, leave: () => void grow(-own) };
  };
}

/** @param room null: the request goes unread */
export async function withBody<Value>(
  room: BodyRoom | null,
  req: IncomingMessage,
  work: (exchange: RoomExchange) => Promise<Value>,
): Promise<Value | Reply> {
  if (room === null) {
    discardRest(req);
    return noRoom();
  }
  try {
    return await work({ req, room });
  } finally {
    room.leave();
  }
}

export function noRoom(): Reply {
  return refusal(429, "noRoom", "Your other requests fill your room: wait for one to end.");
}

function declaredBytes({ method, headers }: Parameters<EnterBody>[1]): number | null {
  if (method === "GET" || method === "HEAD") return 0;
  const declared = headers["content-length"];
  return declared === undefined ? null : Number(declared);
}

/** Room was made for all of it, and no server reads more than a request said it has. */
function isTaken(): boolean {
  return true;
}
