import http, {
  type ClientRequest,
  type IncomingHttpHeaders,
  type IncomingMessage,
} from "node:http";
import https from "node:https";
import type { Secret } from "../lib/secret.ts";

/** Where models are, and what proves that we may use them. */
export type Upstream = {
  /** Without a path of the API: `https://api.anthropic.com`. */
  readonly baseUrl: string;
  /** An API key travels as x-api-key, an auth token as a bearer. */
  readonly credential: { readonly kind: "apiKey" | "authToken"; readonly secret: Secret };
};

export type UpstreamCall = {
  /** Path and query as the client asked. */
  readonly path: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: Uint8Array;
  /** From the try's start to its answer's headers. */
  readonly firstByteMs: number;
};

/** An answer with its headers and nothing of its body, or why there is none. */
export type UpstreamAnswer =
  | {
      readonly kind: "answer";
      readonly status: number;
      readonly headers: IncomingHttpHeaders;
      readonly body: IncomingMessage;
    }
  | { readonly kind: "away"; readonly why: "timeout" | "unreachable" };

export type AskUpstream = (call: UpstreamCall) => Promise<UpstreamAnswer>;

/** One try; redirects are answers. Connections are kept, as many as there are calls. */
export function createUpstream(upstream: Upstream): AskUpstream {
  const base = new URL(upstream.baseUrl.replace(/\/+$/, ""));
  const client = base.protocol === "https:" ? https : http;
  const agent = new client.Agent({ keepAlive: true });
  return async ({ path, headers, body, firstByteMs }) => {
    const request = client.request({
      agent,
      protocol: base.protocol,
      hostname: base.hostname.replace(/^\[|\]$/g, ""),
      port: base.port,
      method: "POST",
      path: (base.pathname === "/" ? "" : base.pathname) + path,
      headers: {
        ...headers,
        ...credentialHeader(upstream),
        "content-length": String(body.byteLength),
      },
    });
    // No listener may know the body: answers stream for minutes, and it would stay as long.
    const answer = answerOf(request, firstByteMs);
    request.end(body);
    return await answer;
  };
}

function answerOf(request: ClientRequest, firstByteMs: number): Promise<UpstreamAnswer> {
  return new Promise((resolve) => {
    let isLate = false;
    const timer = setTimeout(() => {
      isLate = true;
      request.destroy();
    }, firstByteMs);
    request.once("response", (body) => {
      clearTimeout(timer);
      const { statusCode: status = 502, headers } = body;
      resolve({ kind: "answer", status, headers, body });
    });
    request.on("error", () => {
      clearTimeout(timer);
      resolve({ kind: "away", why: isLate ? "timeout" : "unreachable" });
    });
  });
}

function credentialHeader({ credential }: Upstream): Readonly<Record<string, string>> {
  const value = credential.secret.reveal();
  return credential.kind === "apiKey"
    ? { "x-api-key": value }
    : { authorization: `Bearer ${value}` };
}
