import { Agent, type IncomingMessage, request } from "node:http";
import { Readable } from "node:stream";

// The product's one door to a cell: its requests and the model's go through the broker's socket.

/** How the product is reached. */
export type Door = {
  /** What every URL begins with. */
  readonly baseUrl: string;
  /** As the SDKs call it: a text or nothing goes, and a `Response` comes. */
  readonly fetch: Fetch;
  /** Proves the life. */
  readonly token: string;
};

type Fetch = typeof globalThis.fetch;

/** The broker gives up a silent product long before. */
const defaultSilenceMs = 300_000;

const WITHOUT_BODY: ReadonlySet<number> = new Set([204, 205, 304]);

/**
 * @param socketPath the broker's socket for this life; nothing is connected yet
 * @param silenceMs an answer that says nothing for so long is given up
 */
export function doorAt(socketPath: string, token: string, silenceMs = defaultSilenceMs): Door {
  return { baseUrl: "http://broker", fetch: socketFetch(socketPath, silenceMs), token };
}

/**
 * `fetch` over a Unix socket. Node's own knows addresses only, and loading its client would be a
 * third of a life's start.
 *
 * @param socketPath where every request goes, whatever host its URL names
 */
function socketFetch(socketPath: string, silenceMs: number): Fetch {
  const agent = new Agent({ keepAlive: true });
  return (input, { method = "GET", headers, body, signal } = {}) => {
    if (input instanceof Request) throw new TypeError("a Request is not known here: give its URL");
    if (typeof body !== "string" && body !== undefined && body !== null)
      throw new TypeError("a body that is no text is not known here");
    const { pathname, search } = new URL(input);
    const { promise, resolve, reject } = Promise.withResolvers<Response>();
    const asked = request({
      ...{ agent, socketPath, method, path: pathname + search },
      headers: Object.fromEntries(new Headers(headers)),
    });
    let answered: IncomingMessage | null = null;
    const giveUp = (reason: unknown): void => {
      const error = reason instanceof Error ? reason : new Error(String(reason));
      answered?.destroy(error);
      asked.destroy(error);
    };
    const abort = (): void => giveUp(signal?.reason);
    signal?.addEventListener("abort", abort, { once: true });
    asked.setTimeout(silenceMs, () => giveUp(new Error(`nothing came for ${silenceMs} ms`)));
    asked.once("close", () => signal?.removeEventListener("abort", abort));
    asked.once("error", reject);
    asked.once("response", (answer) => {
      answered = answer;
      resolve(responseOf(answer));
    });
    if (signal?.aborted) abort();
    asked.end(body ?? undefined);
    return promise;
  };
}

function responseOf(answer: IncomingMessage): Response {
  const { statusCode: status = 500, headersDistinct } = answer;
  const headers = new Headers();
  for (const [name, values = []] of Object.entries(headersDistinct))
    for (const value of values) headers.append(name, value);
  if (WITHOUT_BODY.has(status)) {
    answer.resume();
    return new Response(null, { status, headers });
  }
  // The cast: the types of Node's streams and of the web's name the same class twice.
  return new Response(Readable.toWeb(answer) as ReadableStream<Uint8Array>, { status, headers });
}
