import { type ModelGateway, sendModelError } from "../gateway/proxy.ts";
import type { IdentifyCaller } from "./identify-caller.ts";
import { parseJson } from "./json-body.ts";
import { readBody } from "./read-body.ts";
import type { Exchange, Route } from "./route.ts";

/** The provider's own cap on a request, and what a slow cell needs to send one. */
const limits = { maxBytes: 32 * 1024 * 1024, timeoutMs: 60_000 };

const errorTypes: Readonly<Record<number, string>> = {
  401: "authentication_error",
  403: "permission_error",
  408: "timeout_error",
  413: "request_too_large",
};

/** The provider's API as far as lives use it, with its errors in its own shape (G1). */
export function messages(gateway: ModelGateway, identify: IdentifyCaller): readonly Route[] {
  return ["/v1/messages", "/v1/messages/count_tokens"].map((path) => ({
    method: "POST",
    path,
    answer: async (exchange) => {
      await answer(exchange, gateway, identify);
      return "sent";
    },
  }));
}

async function answer(
  { req, res }: Exchange,
  gateway: ModelGateway,
  identify: IdentifyCaller,
): Promise<void> {
  const refuse = (status: number, message: string): void =>
    sendModelError(res, {
      status,
      type: errorTypes[status] ?? "invalid_request_error",
      message,
    });
  const caller = await identify(req);
  if (caller.kind === "refused") return refuse(caller.reply.status, wordsOf(caller.reply.body));
  const body = await readBody(req, limits);
  if (body.kind !== "read") {
    res.setHeader("connection", "close");
    if (body.kind === "tooLarge")
      return refuse(413, `A request is at most ${limits.maxBytes} bytes.`);
    return refuse(body.kind === "tooSlow" ? 408 : 400, "The request did not arrive whole.");
  }
  const { bytes } = body;
  await gateway({ req, res, bytes, json: parseJson(bytes), life: caller.life });
}

function wordsOf(body: unknown): string {
  const detail = typeof body === "object" && body !== null && "detail" in body ? body.detail : "";
  return String(detail);
}
