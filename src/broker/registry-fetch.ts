import { lookup as lookUp } from "node:dns";
import http, { type IncomingMessage } from "node:http";
import https from "node:https";
import { isIP, type LookupFunction } from "node:net";
import type { Registry } from "../lib/registries.ts";
import { isPublicAddress } from "./public-address.ts";
import type { RegistryLimits } from "./registry-limits.ts";

/** Why a registry is not asked, or its answer is not passed on; `status` is what the cell is told. */
export class RegistryRefusal extends Error {
  override readonly name = "RegistryRefusal";
  readonly status: number;

  constructor(status: number, message: string) {
    super(message);
    this.status = status;
  }
}

export type RegistrySource = {
  readonly registries: readonly Registry[];
  /** Hosts that may resolve to addresses of a private network. */
  readonly privateHosts: ReadonlySet<string>;
  readonly limits: RegistryLimits;
};

export type RegistryRequest = {
  readonly url: URL;
  readonly method: "GET" | "HEAD";
  readonly headers: http.OutgoingHttpHeaders;
  readonly signal: AbortSignal;
};

const REDIRECTS: ReadonlySet<number> = new Set([301, 302, 303, 307, 308]);

/**
 * Asks a registry, and follows it where it redirects to, as long as that is in the list.
 *
 * @throws {RegistryRefusal} for what is not allowed; whatever else is thrown is a failure on the way
 */
export async function fetchRegistry(
  source: RegistrySource,
  request: RegistryRequest,
): Promise<IncomingMessage> {
  let { url } = request;
  for (let hop = 0; hop <= source.limits.maxRedirects; hop += 1) {
    const name = registryOf(source.registries, url)?.name ?? "";
    const reply = await send({ ...request, url }, { ...source, name });
    const { location } = reply.headers;
    if (!REDIRECTS.has(reply.statusCode ?? 0) || location === undefined) return reply;
    reply.destroy();
    const next = URL.canParse(location, url.href) ? new URL(location, url) : null;
    if (next === null || registryOf(source.registries, next) === null) {
      const where = next === null ? "nowhere" : `to ${next.host}, which is not in REGISTRIES`;
      throw new RegistryRefusal(403, `the registry redirects ${where}`);
    }
    url = next;
  }
  throw new RegistryRefusal(502, `more than ${source.limits.maxRedirects} redirects`);
}

/** The registry that an address belongs to; null when it is none's. */
function registryOf(registries: readonly Registry[], url: URL): Registry | null {
  if (url.username !== "" || url.password !== "") return null;
  const { href } = url;
  return registries.find((registry) => href.startsWith(`${registry.url}/`)) ?? null;
}

function send(
  { url, method, headers, signal }: RegistryRequest,
  { privateHosts, name }: RegistrySource & { readonly name: string },
): Promise<IncomingMessage> {
  const hostname = url.hostname.replace(/^\[|\]$/g, "");
  const mayBePrivate = privateHosts.has(hostname.toLowerCase());
  // Node resolves no name for what is an address already, and so asks no lookup.
  if (isIP(hostname) !== 0 && !mayBePrivate && !isPublicAddress(hostname)) {
    return Promise.reject(notPublic(name));
  }
  const lookup = mayBePrivate ? {} : { lookup: publicLookup(name) };
  const client = url.protocol === "https:" ? https : http;
  return new Promise((resolve, reject) => {
    // `identity`, because an index is rewritten, and a size limit counts what arrives.
    const sent = { ...headers, "accept-encoding": "identity", "user-agent": "factory-factory" };
    const call = client.request(url, { method, headers: sent, signal, ...lookup });
    call.once("response", resolve);
    call.once("error", reject);
    call.end();
  });
}

/** Refused after it is resolved, on the very address that would be connected to. */
const publicLookup =
  (name: string): LookupFunction =>
  (hostname, options, callback) => {
    lookUp(hostname, { ...options, all: true }, (error, addresses) => {
      if (error !== null) return callback(error, []);
      if (addresses.length === 0 || !addresses.every(({ address }) => isPublicAddress(address))) {
        return callback(notPublic(name), []);
      }
      if (options.all === true) return callback(null, addresses);
      const [first] = addresses;
      return callback(null, first?.address ?? "", first?.family);
    });
  };

function notPublic(name: string): RegistryRefusal {
  const mend = "name its host in REGISTRY_PRIVATE_HOSTS if that is meant";
  return new RegistryRefusal(403, `registry ${name} has an address of a private network: ${mend}`);
}
