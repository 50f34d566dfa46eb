import {
  createServer,
  type IncomingHttpHeaders,
  type IncomingMessage,
  request,
  type ServerResponse,
} from "node:http";
import { pipeline } from "node:stream";
import { type Failure, judgeStatus } from "../weather.ts";
import { callIdOf, isPending, MOST_PENDING_ANSWERS } from "./pending-call.ts";

// Claude Code speaks to an address with a token of its choice. This is that address, inside the
// cell: it leads to the broker's socket and puts the life's token in, so that no environment and no
// file of Claude Code holds it, and it remembers what the gateway last refused.

export type Relay = {
  readonly url: string;
  /** Why the newest model request failed; null when it did not. */
  readonly lastRefusal: () => Failure | null;
  /** Who is told at once of a refusal that asks the life to go away; instead of who was before. */
  readonly onHold: (listener: (failure: Failure) => void) => void;
};

type Upstream = {
  readonly socketPath: string;
  readonly token: string;
  readonly onModelAnswer: (failure: Failure | null) => void;
};

const LONGEST_DETAIL = 500;
const LARGEST_CALL_BYTES = 4 * 1024 * 1024;

/**
 * Listens on the cell's own loopback until the process ends.
 *
 * @throws {Error} when the loopback cannot be listened on
 */
export function startRelay(options: Pick<Upstream, "socketPath" | "token">): Promise<Relay> {
  let refusal: Failure | null = null;
  let held: (failure: Failure) => void = () => {};
  const upstream: Upstream = {
    ...options,
    onModelAnswer: (failure) => {
      refusal = failure;
      if (failure?.kind === "hold") held(failure);
    },
  };
  const server = createServer((inner, answer) => {
    if (inner.method === "POST" && pathOf(inner) === "/mcp") void passCall(inner, answer, upstream);
    else pass(inner, answer, upstream);
  });
  return new Promise((resolve, reject) => {
    server.once("error", reject);
    server.listen(0, "127.0.0.1", () => {
      const address = server.address();
      if (address === null || typeof address === "string") {
        reject(new Error("the relay got no port"));
        return;
      }
      server.unref();
      resolve({
        url: `http://127.0.0.1:${address.port}`,
        lastRefusal: () => refusal,
        onHold: (listener) => {
          held = listener;
        },
      });
    });
  });
}

function pass(inner: IncomingMessage, answer: ServerResponse, upstream: Upstream): void {
  const outer = request(optionsOf(inner, upstream), (response) => {
    answer.writeHead(response.statusCode ?? 502, response.headers);
    if (pathOf(inner) === "/v1/messages") observe(response, upstream);
    pipeline(response, answer, () => {});
  });
  outer.on("error", (error) => {
    upstream.onModelAnswer({ kind: "weather", detail: error.message, retryAfterMs: null });
    breakOff(answer);
  });
  answer.on("close", () => outer.destroy());
  inner.pipe(outer);
}

/** Notes how the gateway answered, without holding anything back. */
function observe(response: IncomingMessage, { onModelAnswer }: Upstream): void {
  const status = response.statusCode ?? 502;
  if (status < 400) {
    onModelAnswer(null);
    return;
  }
  let detail = "";
  response.on("data", (chunk: Buffer) => {
    if (detail.length < LONGEST_DETAIL) detail += chunk.toString("utf8");
  });
  response.on("end", () => onModelAnswer(judge(status, detail, response.headers)));
}

function judge(status: number, detail: string, headers: IncomingHttpHeaders): Failure {
  const said = detail.slice(0, LONGEST_DETAIL);
  if (headers["x-factory-hold"] === "sleep") return { kind: "hold", detail: `${status} ${said}` };
  return judgeStatus(status, said, headers["retry-after"] ?? null);
}

/** One request of the tool protocol; a call that still runs is asked for again under its id. */
async function passCall(
  inner: IncomingMessage,
  answer: ServerResponse,
  upstream: Upstream,
): Promise<void> {
  try {
    const body = await readAll(inner);
    const callId = callIdOf(body);
    for (let answers = 1; ; answers += 1) {
      const { response, text } = await ask(inner, body, upstream);
      const isDone = callId === null || answers >= MOST_PENDING_ANSWERS;
      if (!isDone && isPending(text, callId)) continue;
      answer.writeHead(response.statusCode ?? 502, response.headers);
      answer.end(text);
      return;
    }
  } catch {
    // Claude Code sees a broken connection, as it would without us, and says so to the model.
    breakOff(answer);
  }
}

function ask(
  inner: IncomingMessage,
  body: Buffer,
  upstream: Upstream,
): Promise<{ readonly response: IncomingMessage; readonly text: Buffer }> {
  return new Promise((resolve, reject) => {
    const outer = request(optionsOf(inner, upstream), (response) => {
      readAll(response).then((text) => resolve({ response, text }), reject);
    });
    outer.on("error", reject);
    outer.end(body);
  });
}

function optionsOf(inner: IncomingMessage, { socketPath, token }: Upstream) {
  const { host: _, "x-api-key": __, ...headers } = inner.headers;
  return {
    socketPath,
    method: inner.method,
    path: inner.url,
    headers: { ...headers, authorization: `Bearer ${token}` },
  };
}

async function readAll(stream: IncomingMessage): Promise<Buffer> {
  const chunks: Buffer[] = [];
  let bytes = 0;
  for await (const chunk of stream) {
    bytes += chunk.length;
    if (bytes > LARGEST_CALL_BYTES) throw new Error(`over ${LARGEST_CALL_BYTES} bytes`);
    chunks.push(chunk);
  }
  return Buffer.concat(chunks);
}

function breakOff(answer: ServerResponse): void {
  if (answer.headersSent) answer.destroy();
  else answer.writeHead(502).end();
}

function pathOf({ url }: IncomingMessage): string {
  return (url ?? "").split("?", 1)[0] ?? "";
}
