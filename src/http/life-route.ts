import type { LifeIdentity } from "../domain/agent.ts";
import type { BodyRoom } from "./body-room.ts";
import { defaultBodyTimeoutMs } from "./read-body.ts";
import type { Reply } from "./reply.ts";
import type { Exchange, Route } from "./route.ts";

/** A conversation's turn may carry what a model can read: a few images' worth. */
export const agentBodyLimits = { maxBytes: 32 * 1024 * 1024, timeoutMs: defaultBodyTimeoutMs };

export type LifeExchange = Exchange & {
  readonly room: BodyRoom;
  readonly life: LifeIdentity;
  /** As sessions and folders of hosts are called. */
  readonly lifeName: string;
};

/** A route whose caller is known: which life it is, by its token. */
export type LifeRoute = Omit<Route, "answer"> & {
  /** For so long an answer that takes its time counts as progress of the life. */
  readonly busyForMs?: number;
  readonly answer: (exchange: LifeExchange) => Promise<Reply | "sent">;
};
