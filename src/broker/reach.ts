import http from "node:http";
import https from "node:https";

/** How to ask whether cells get through to the product. */
export type Reach = () => Promise<
  { readonly isReached: true } | { readonly isReached: false; readonly detail: string }
>;

/** What answers only while a web process takes work and has its database. */
const READY_PATH = "/health/ready";
const FIRST_SERVER_ERROR = 500;

/** Goes the way of cells' requests; any answer but a server's error is one. */
export function createReach(upstream: URL, limitMs: number): Reach {
  const client = upstream.protocol === "https:" ? https : http;
  const url = new URL(upstream);
  url.pathname = upstream.pathname.replace(/\/$/, "") + READY_PATH;
  return () =>
    new Promise((resolve) => {
      const call = client.get(url, { signal: AbortSignal.timeout(limitMs) }, (reply) => {
        reply.resume();
        const status = reply.statusCode ?? FIRST_SERVER_ERROR;
        if (status < FIRST_SERVER_ERROR) resolve({ isReached: true });
        else resolve({ isReached: false, detail: `the product answers ${status}` });
      });
      call.on("error", ({ message }) => {
        resolve({ isReached: false, detail: `the product does not answer: ${message}` });
      });
    });
}
