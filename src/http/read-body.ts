import type { IncomingMessage } from "node:http";
import { discardRest } from "../lib/discard-rest.ts";

export type BodyLimits = {
  readonly maxBytes: number;
  /** From the call to the last byte. */
  readonly timeoutMs: number;
};

export const defaultBodyTimeoutMs = 30_000;

/** A request's bytes, or why there are none. */
export type Body =
  | { readonly kind: "read"; readonly bytes: Buffer<ArrayBuffer> }
  | { readonly kind: "tooLarge" }
  | { readonly kind: "tooSlow" }
  /** Its sender's others leave no room for more of it. */
  | { readonly kind: "noRoom" }
  | { readonly kind: "cutOff" };

/**
 * Reads a body up to its limits: a declared length above them is refused before any byte is kept.
 *
 * @param hasRoom asked for each piece that came
 */
export async function readBody(
  req: IncomingMessage,
  limits: BodyLimits,
  hasRoom: (bytes: number) => boolean = () => true,
): Promise<Body> {
  if (Number(req.headers["content-length"] ?? 0) > limits.maxBytes) {
    discardRest(req);
    return { kind: "tooLarge" };
  }
  return await new Promise((resolve) => {
    const chunks: Buffer[] = [];
    let length = 0;
    const finish = (body: Body): void => {
      clearTimeout(timer);
      req.off("data", onData).off("end", onEnd).off("close", onCut).off("error", onCut);
      req.on("error", ignore);
      if (body.kind !== "read") discardRest(req);
      resolve(body);
    };
    const onData = (chunk: Buffer): void => {
      length += chunk.length;
      if (length > limits.maxBytes) finish({ kind: "tooLarge" });
      else if (!hasRoom(chunk.length)) finish({ kind: "noRoom" });
      else chunks.push(chunk);
    };
    const onEnd = (): void => finish({ kind: "read", bytes: Buffer.concat(chunks) });
    const onCut = (): void => finish({ kind: "cutOff" });
    const timer = setTimeout(() => finish({ kind: "tooSlow" }), limits.timeoutMs);
    req.on("data", onData).on("end", onEnd).on("close", onCut).on("error", onCut);
  });
}

/**
 * An error after the body is the connection's own end, which nobody waits for any more. It stands
 * here because it lives as long as the request, and would hold the body from where that was read.
 */
function ignore(): void {}
