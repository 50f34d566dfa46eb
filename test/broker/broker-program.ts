import { type ChildProcess, spawn } from "node:child_process";
import {
  createServer,
  type IncomingHttpHeaders,
  type RequestListener,
  request,
  type Server,
} from "node:http";
import { join } from "node:path";
import { awaitFact } from "../../src/lib/await-fact.ts";

const PROGRAM = join(import.meta.dirname, "../../src/broker/main.ts");

export type BrokerProgram = {
  readonly controlSocket: string;
  readonly child: ChildProcess;
  /** Everything it printed. */
  readonly printed: () => string;
  readonly exited: Promise<number | null>;
  /** @returns its exit code */
  stop(signal?: NodeJS.Signals): Promise<number | null>;
};

/** Starts the broker as the product does; resolves when it says that it is ready. */
export async function startBrokerProgram(
  dir: string,
  upstream: string,
  more: readonly string[] = [],
  environment: NodeJS.ProcessEnv = {},
): Promise<BrokerProgram> {
  const args = [PROGRAM, "--dir", dir, "--upstream", upstream, ...more];
  const child = spawn(process.execPath, args, { env: { ...process.env, ...environment } });
  let printed = "";
  child.stdout.on("data", (chunk) => {
    printed += chunk;
  });
  child.stderr.on("data", (chunk) => {
    printed += chunk;
  });
  await awaitFact(
    "the broker is ready",
    () => printed,
    (text) => text.includes("broker ready"),
  );
  const exited = new Promise<number | null>((resolve) => child.once("exit", resolve));
  return {
    controlSocket: join(dir, "control.sock"),
    child,
    exited,
    printed: () => printed,
    stop: (signal = "SIGTERM") => {
      child.kill(signal);
      return exited;
    },
  };
}

export type Answer = {
  readonly status: number;
  readonly headers: IncomingHttpHeaders;
  readonly body: string;
};

/** One request over a life's socket, as a cell makes it. */
export function ask(
  socketPath: string,
  path: string,
  options: {
    readonly method?: string;
    readonly headers?: Readonly<Record<string, string>>;
    readonly body?: string | Buffer;
    readonly onData?: (text: string) => void;
  } = {},
): Promise<Answer> {
  const { method = "GET", headers = {}, body, onData } = options;
  return new Promise((resolve, reject) => {
    const call = request({ socketPath, path, method, headers }, (response) => {
      let text = "";
      response.on("data", (chunk) => {
        text += chunk;
        onData?.(text);
      });
      response.once("error", reject);
      response.once("end", () =>
        resolve({ status: response.statusCode ?? 0, headers: response.headers, body: text }),
      );
    });
    call.once("error", reject);
    call.end(body);
  });
}

export type Product = { readonly url: string; readonly server: Server };

/** A stand-in for the product behind the broker. */
export function startProduct(handler: RequestListener, port = 0): Promise<Product> {
  const server = createServer(handler);
  return new Promise((resolve) =>
    server.listen(port, "127.0.0.1", () => {
      const address = server.address();
      const actual = typeof address === "object" && address !== null ? address.port : 0;
      resolve({ url: `http://127.0.0.1:${actual}`, server });
    }),
  );
}
