import { request } from "node:http";
import path from "node:path";
import { PortError } from "../../lib/port-error.ts";
import type { Broker } from "../../ports/host.ts";

export type BrokerClientOptions = {
  /** The broker's `control.sock`, absolute; the folders of lives are beside it. */
  readonly controlSocket: string;
  /** Limit of one call. Default 10_000. */
  readonly timeoutMs?: number;
};

type Reply = { readonly status: number; readonly body: string };

const LONGEST_SOCKET_PATH = 107; // sun_path holds 108 bytes with its end.

/**
 * Speaks to this host's broker over its control socket.
 *
 * @throws {PortError} `broker`, not retryable, when the socket's path is too long
 */
export function createBroker(options: BrokerClientOptions): Broker {
  if (Buffer.byteLength(options.controlSocket) > LONGEST_SOCKET_PATH) {
    const message = `the socket path ${options.controlSocket} is longer than ${LONGEST_SOCKET_PATH} bytes; use a shorter folder`;
    throw new PortError("broker", message, { retryable: false });
  }
  const call = callerOf(options);
  const put = (name: string, body: object): Promise<string> =>
    call("PUT", `/lives/${encodeURIComponent(name)}`, JSON.stringify(body));
  const dirOf = (name: string): string =>
    path.join(path.dirname(options.controlSocket), "lives", name);
  return {
    open: async ({ name, token, registries = false }) => {
      await put(name, { token, registries });
      return { dir: dirOf(name) };
    },
    openRegistries: async (name, forMs) => {
      await put(name, { token: null, registries: true, forMs });
      return { dir: dirOf(name) };
    },
    close: async (lifeName) => {
      await call("DELETE", `/lives/${encodeURIComponent(lifeName)}`, null);
    },
    reachProduct: async () => {
      await call("GET", "/product", null);
    },
    list: async () => readNames(await call("GET", "/lives", null)),
  };
}

function callerOf({ controlSocket, timeoutMs = 10_000 }: BrokerClientOptions) {
  return async (method: string, url: string, body: string | null): Promise<string> => {
    const reply = await send({ controlSocket, timeoutMs, method, url, body });
    if (reply.status < 300) return reply.body;
    throw new PortError("broker", `${method} ${url}: ${reply.status} ${reply.body}`, {
      retryable: reply.status >= 500,
    });
  };
}

type Call = {
  readonly controlSocket: string;
  readonly timeoutMs: number;
  readonly method: string;
  readonly url: string;
  readonly body: string | null;
};

function send({ controlSocket, timeoutMs, method, url, body }: Call): Promise<Reply> {
  return new Promise((resolve, reject) => {
    const signal = AbortSignal.timeout(timeoutMs);
    const fail = (cause: Error): void => {
      const message = `the broker at ${controlSocket} does not answer: ${cause.message}`;
      reject(new PortError("broker", message, { retryable: true, cause }));
    };
    const call = request({ socketPath: controlSocket, method, path: url, signal }, (response) => {
      const chunks: Buffer[] = [];
      response.on("data", (chunk: Buffer) => chunks.push(chunk));
      response.once("error", fail);
      response.once("end", () => {
        resolve({
          status: response.statusCode ?? 0,
          body: Buffer.concat(chunks).toString("utf8"),
        });
      });
    });
    call.once("error", fail);
    call.end(body ?? undefined);
  });
}

function readNames(text: string): readonly string[] {
  const body: unknown = JSON.parse(text);
  const lives =
    typeof body === "object" && body !== null && "lives" in body ? body.lives : undefined;
  if (Array.isArray(lives) && lives.every((name) => typeof name === "string")) return lives;
  throw new PortError("broker", "the broker's list of lives is none", { retryable: false });
}
