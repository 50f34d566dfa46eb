import type { IncomingMessage } from "node:http";

const mostBytes = 64 * 1024 * 1024;
const longestMs = 10_000;

/**
 * Reads on, for a while, what was answered before it had arrived: whoever still sends it could not
 * read the answer on a connection that is closed meanwhile. What goes on beyond that is cut off.
 *
 * @param request nobody else reads it any more
 */
export function discardRest(request: IncomingMessage): void {
  if (request.complete || request.destroyed) return;
  let bytes = 0;
  const timer = setTimeout(() => request.destroy(), longestMs).unref();
  request.on("data", (chunk: Buffer) => {
    bytes += chunk.length;
    if (bytes > mostBytes) request.destroy();
  });
  for (const event of ["end", "close"]) request.once(event, () => clearTimeout(timer));
  request.on("error", ignore);
}

function ignore(): void {}
