import type { IncomingMessage } from "node:http";
import type { LifeIdentity } from "../domain/agent.ts";
import type { Secret } from "../lib/secret.ts";
import { hashToken } from "../lib/token-hash.ts";
import type { Store } from "../ports/store.ts";
import { isSame } from "./is-same.ts";
import type { Log } from "./log.ts";
import { type Reply, refusal } from "./reply.ts";
import type { Strike } from "./strikes.ts";

/** The life behind a request, or the answer it gets instead. */
export type Caller =
  | { readonly kind: "life"; readonly life: LifeIdentity; readonly lifeName: string }
  | { readonly kind: "refused"; readonly reply: Reply };

/** `busyForMs`: for so long what is asked for counts as progress of its life. */
export type IdentifyCaller = (req: IncomingMessage, busyForMs?: number) => Promise<Caller>;

export type IdentifyOptions = {
  readonly lives: Pick<Store["lives"], "identify">;
  /** Shared with the brokers. null: the token alone decides, for hosts without a broker. */
  readonly brokerSecret: Secret | null;
  readonly log: Log;
  /** Counts what a life sends with a token that is not its own. */
  readonly strike: Strike;
};

const maxTokenLength = 200;

/**
 * Proves which life sends a request: by its token, and by the socket it came through, which the
 * broker names. A token used on another life's socket is stolen and refused (T14).
 */
export function createIdentifyCaller({
  lives,
  brokerSecret,
  log,
  strike,
}: IdentifyOptions): IdentifyCaller {
  return async (req, busyForMs = 0) => {
    const refuse = (status: number, error: string, detail: string): Caller => {
      log.warn({ error, life: headerOf(req, "x-factory-life") }, "caller.refused");
      return { kind: "refused", reply: refusal(status, error, detail) };
    };
    // Only a broker's word names the socket: without one anybody could accuse another life.
    const accuse = async (error: string): Promise<void> => {
      const name = headerOf(req, "x-factory-life");
      if (brokerSecret !== null && name !== null) await strike({ name }, error);
    };
    // Agents are no browsers: a page that reaches this port by rebinding is turned away.
    if (headerOf(req, "origin") !== null)
      return refuse(403, "originNotAllowed", "Pages may not call this.");
    if (!provesBroker(req, brokerSecret))
      return refuse(403, "notThroughBroker", "Agents come through their host's broker only.");
    const token = tokenOf(req);
    const found = token === null ? null : await lives.identify(hashToken(token), busyForMs);
    if (!found) {
      await accuse("unknownToken");
      return refuse(401, "unknownToken", "The token is unknown, or its life has ended: end now.");
    }
    const { name, ...life } = found;
    const socket = headerOf(req, "x-factory-life");
    if (socket === null ? brokerSecret !== null : socket !== name) {
      await accuse("otherLife");
      return refuse(403, "otherLife", "The token belongs to another life than the socket.");
    }
    return { kind: "life", life, lifeName: name };
  };
}

function provesBroker(req: IncomingMessage, secret: Secret | null): boolean {
  if (secret === null) return true;
  return isSame(headerOf(req, "x-factory-broker") ?? "", secret.reveal());
}

/** As clients send it: the SDK as a bearer, older ones and Claude Code as x-api-key. */
function tokenOf(req: IncomingMessage): string | null {
  const bearer = /^Bearer (\S+)$/i.exec(headerOf(req, "authorization") ?? "")?.[1];
  const token = bearer ?? headerOf(req, "x-api-key");
  return token === null || token.length > maxTokenLength ? null : token;
}

function headerOf(req: IncomingMessage, name: string): string | null {
  const value = req.headers[name];
  return typeof value === "string" && value !== "" ? value : null;
}
