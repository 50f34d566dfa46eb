import http, { type IncomingMessage, type RequestListener, type ServerResponse } from "node:http";
import https from "node:https";
import { discardRest } from "../lib/discard-rest.ts";
import type { Secret } from "../lib/secret.ts";
import { answer } from "./answer.ts";
import type { BrokerLimits } from "./broker-limits.ts";
import type { Grant } from "./grant.ts";
import { limitBody } from "./limit-body.ts";
import type { LogRefusal } from "./log-refusals.ts";
import { isRegistryPath, type RegistryDoor } from "./registry-door.ts";

export type ForwarderOptions = {
  readonly upstream: URL;
  readonly secret: Secret | null;
  readonly limits: BrokerLimits;
  /** Serves package registries to those who may use them. */
  readonly registryDoor: RegistryDoor;
  readonly logRefusal: LogRefusal;
};

export type Forwarder = {
  /** The handler of one life's socket: whoever connects there speaks for that life. */
  readonly handlerOf: (life: string, grant: () => Grant) => RequestListener;
  /** Closes the connections to the product. */
  readonly close: () => void;
};

type Exchange = { readonly incoming: IncomingMessage; readonly response: ServerResponse };
type Refused = { readonly status: number; readonly error: string; readonly detail: string };

const notFound: Refused = { status: 404, error: "notFound", detail: "cells reach no such path" };

// What a cell may ask for; everything else of the product is not there for it.
const ALLOWED_PATH = /^\/(mcp|v1\/messages(\/[a-z_]+)?|agent\/[a-z-]+)(\?|$)/;

// Of one connection, never passed on (RFC 9110 §7.6.1), and those the other side sets anew.
const HOP_BY_HOP: ReadonlySet<string> = new Set([
  ...["connection", "keep-alive", "proxy-authenticate", "proxy-authorization", "te", "trailer"],
  ...["transfer-encoding", "upgrade", "proxy-connection", "host", "expect", "forwarded"],
]);

/** Passes requests of cells on to the product, both ways as a stream. */
export function createForwarder(options: ForwarderOptions): Forwarder {
  const { upstream, secret, limits, registryDoor, logRefusal } = options;
  const client = upstream.protocol === "https:" ? https : http;
  const agent = new client.Agent({ keepAlive: true, maxFreeSockets: 64 });
  const base = upstream.pathname.replace(/\/$/, "");

  const forward = (life: string, incoming: IncomingMessage, response: ServerResponse): void => {
    const proof = secret === null ? {} : { "x-factory-broker": secret.reveal() };
    const outgoing = client.request({
      agent,
      protocol: upstream.protocol,
      hostname: upstream.hostname.replace(/^\[|\]$/g, ""),
      port: upstream.port,
      method: incoming.method,
      path: base + (incoming.url ?? "/"),
      headers: { ...passedOn(incoming), "x-factory-life": life, ...proof },
    });
    watch(outgoing, response, limits);
    outgoing.once("response", (reply) => passBack(reply, response));
    limitBody(incoming, limits.maxBodyBytes, () => {
      outgoing.destroy();
      refuse(life, { incoming, response }, tooLarge);
    }).pipe(outgoing);
  };
  const tooLarge = {
    ...{ status: 413, error: "tooLarge" },
    detail: `a request's body is at most ${limits.maxBodyBytes} bytes`,
  };
  const refuse = (life: string, { incoming, response }: Exchange, why: Refused): void => {
    const { status, error, detail } = why;
    logRefusal(life, incoming, { event: "cell.refused", status, why: detail });
    discardRest(incoming);
    answer(response, status, { error, detail });
  };

  return {
    close: () => agent.destroy(),
    handlerOf: (life, grant) => (incoming, response) => {
      const path = incoming.url ?? "";
      const { product, registries } = grant();
      if (registries && isRegistryPath(path)) {
        registryDoor(life, incoming, response);
      } else if (!product || !ALLOWED_PATH.test(path)) {
        refuse(life, { incoming, response }, notFound);
      } else if (Number(incoming.headers["content-length"] ?? 0) > limits.maxBodyBytes) {
        refuse(life, { incoming, response }, tooLarge);
      } else {
        forward(life, incoming, response);
      }
    },
  };
}

function passedOn(incoming: IncomingMessage): http.OutgoingHttpHeaders {
  return withoutHopByHop(
    incoming.headers,
    (name) => !name.startsWith("x-factory-") && !name.startsWith("x-forwarded-"),
  );
}

function withoutHopByHop(
  headers: http.IncomingHttpHeaders,
  passes: (name: string) => boolean,
): http.OutgoingHttpHeaders {
  const named = (headers.connection ?? "").split(",").map((name) => name.trim().toLowerCase());
  return Object.fromEntries(
    Object.entries(headers).filter(
      ([name]) => !HOP_BY_HOP.has(name) && !named.includes(name) && passes(name),
    ),
  );
}

function passBack(reply: IncomingMessage, response: ServerResponse): void {
  response.writeHead(
    reply.statusCode ?? 502,
    withoutHopByHop(reply.headers, () => true),
  );
  // At once, so that a client of a stream sees its beginning before the first event.
  response.flushHeaders();
  reply.pipe(response);
  // Half an answer must not look like a whole one.
  reply.once("aborted", () => response.destroy());
  reply.once("error", () => response.destroy());
}

function watch(outgoing: http.ClientRequest, response: ServerResponse, limits: BrokerLimits): void {
  const connecting = setTimeout(() => {
    outgoing.destroy(new Error(`no connection within ${limits.connectMs} ms`));
  }, limits.connectMs);
  outgoing.once("socket", (socket) => {
    if (!socket.connecting) clearTimeout(connecting);
    else socket.once("connect", () => clearTimeout(connecting));
  });
  outgoing.setTimeout(limits.idleMs, () => {
    outgoing.destroy(new Error(`nothing for ${limits.idleMs} ms`));
  });
  outgoing.once("error", (error) => {
    clearTimeout(connecting);
    // Refused meanwhile, and still on its way to the cell.
    if (response.writableEnded) return;
    const refused = "code" in error && error.code === "ECONNREFUSED";
    const detail = `the product does not answer: ${error.message}`;
    answer(response, refused ? 503 : 502, { error: "upstreamAway", detail });
  });
  // Whoever asked is gone: nobody reads the answer.
  response.once("close", () => {
    clearTimeout(connecting);
    if (!response.writableFinished) outgoing.destroy();
  });
}
