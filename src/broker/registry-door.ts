import type { IncomingHttpHeaders, IncomingMessage, ServerResponse } from "node:http";
import { Transform } from "node:stream";
import { pipeline } from "node:stream/promises";
import type { Registry } from "../lib/registries.ts";
import { answer } from "./answer.ts";
import type { LogRefusal } from "./log-refusals.ts";
import { isPlainPath } from "./plain-path.ts";
import { fetchRegistry, RegistryRefusal, type RegistrySource } from "./registry-fetch.ts";
import { isIndex, rewriteIndex } from "./rewrite-index.ts";

// `/registry/NAME/PATH`: package registries, to read. Neither side's credentials pass.

export type RegistryDoor = (
  life: string,
  incoming: IncomingMessage,
  response: ServerResponse,
) => void;

const PATH = /^\/registry\/([a-z0-9-]+)(\/[^#]*)?$/;
const ASKED = ["accept", "if-none-match", "if-modified-since", "range"] as const;
const TOLD = [
  ...["content-type", "content-length", "content-range", "accept-ranges", "etag", "date"],
  ...["last-modified", "cache-control", "expires", "age", "retry-after"],
] as const;
const DOOR_HOST = /^(127\.0\.0\.1|localhost)(:\d{1,5})?$/;

export function isRegistryPath(path: string): boolean {
  return path.startsWith("/registry/");
}

/** Passes reading requests on to the registries of the list; every refusal is logged. */
export function createRegistryDoor(source: RegistrySource, logRefusal: LogRefusal): RegistryDoor {
  return (life, incoming, response) => {
    incoming.resume();
    pass(source, incoming, response).catch((error: unknown) => {
      const { status, message } = asRefusal(error);
      logRefusal(life, incoming, { event: "registry.refused", status, why: message });
      answer(response, status, { error: "registry", detail: message });
    });
  };
}

async function pass(
  source: RegistrySource,
  incoming: IncomingMessage,
  response: ServerResponse,
): Promise<void> {
  const { registries, limits } = source;
  const { method } = incoming;
  if (method !== "GET" && method !== "HEAD") {
    throw new RegistryRefusal(405, `registries are for reading: no ${method}`);
  }
  const { registry, url } = target(source, incoming.url ?? "");
  const left = new AbortController();
  response.once("close", () => left.abort());
  const signal = AbortSignal.any([left.signal, AbortSignal.timeout(limits.timeoutMs)]);
  const headers = pick(incoming.headers, ASKED);
  const reply = await fetchRegistry(source, { url, method, headers, signal });
  const told = pick(reply.headers, TOLD);
  const status = reply.statusCode ?? 502;
  if (Number(told["content-length"] ?? 0) > limits.maxBytes) {
    reply.destroy();
    throw new RegistryRefusal(502, `the answer is larger than ${limits.maxBytes} bytes`);
  }
  const whole = limited(limits.maxBytes);
  if (!isIndex(registry, url, reply)) {
    response.writeHead(status, told);
    await pipeline(reply, whole, response, { signal });
    return;
  }
  // Its addresses become longer or shorter.
  const { "content-length": _, ...kept } = told;
  response.writeHead(status, kept);
  const rewriting = rewriteIndex(registries, doorOf(incoming.headers));
  await pipeline(reply, whole, rewriting, response, { signal });
}

function target(
  { registries, limits }: RegistrySource,
  path: string,
): { readonly registry: Registry; readonly url: URL } {
  if (path.length > limits.maxPathBytes) throw new RegistryRefusal(414, "the path is too long");
  const [, name, rest = "/"] = PATH.exec(path) ?? [];
  const registry = registries.find((one) => one.name === name);
  if (registry === undefined) {
    throw new RegistryRefusal(404, `no registry ${name ?? ""} in REGISTRIES`);
  }
  const text = registry.url + rest;
  const url = URL.canParse(text) ? new URL(text) : null;
  // Dots in a path may lead above the registry's own.
  const isInside = url?.href.startsWith(`${registry.url}/`) === true;
  if (url === null || !isInside || !isPlainPath(url.pathname)) {
    throw new RegistryRefusal(403, `the path leads out of the registry ${registry.name}`);
  }
  return { registry, url };
}

function pick(headers: IncomingHttpHeaders, names: readonly string[]): Record<string, string> {
  return Object.fromEntries(
    names.flatMap((name) => {
      const value = headers[name];
      return typeof value === "string" ? [[name, value]] : [];
    }),
  );
}

function doorOf({ host = "" }: IncomingHttpHeaders): string {
  return DOOR_HOST.test(host) ? `http://${host}` : "";
}

/** An answer that grows over the limit is cut off, and never looks like a whole one. */
function limited(maxBytes: number): Transform {
  let bytes = 0;
  return new Transform({
    transform(chunk: Buffer, _encoding, next) {
      bytes += chunk.length;
      if (bytes <= maxBytes) next(null, chunk);
      else next(new RegistryRefusal(502, `the answer is larger than ${maxBytes} bytes`));
    },
  });
}

function asRefusal(error: unknown): { readonly status: number; readonly message: string } {
  if (error instanceof RegistryRefusal) return error;
  if (!(error instanceof Error)) return { status: 502, message: String(error) };
  const isTimeOut = error.name === "TimeoutError" || error.name === "AbortError";
  // The code alone: the message would show the address of an operator's own registry.
  const failed = "code" in error && typeof error.code === "string" ? error.code : error.name;
  const message = isTimeOut ? "it took too long, or the cell left" : failed;
  return { status: isTimeOut ? 504 : 502, message: `the registry does not answer: ${message}` };
}
