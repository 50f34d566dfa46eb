import type { z } from "zod";
import { noRoom, type RoomExchange } from "./body-room.ts";
import { type Body, type BodyLimits, readBody } from "./read-body.ts";
import { type Reply, refusal } from "./reply.ts";
import { storable } from "./storable.ts";

type Parsed<Value> =
  | { readonly kind: "value"; readonly value: Value }
  | { readonly kind: "refused"; readonly reply: Reply };

/** Reads a JSON body and checks it against a schema; its room is free from then on. */
export async function readJson<Value>(
  { req, room }: RoomExchange,
  schema: z.ZodType<Value>,
  limits: BodyLimits,
): Promise<Parsed<Value>> {
  const body = await readBody(req, limits, room.take);
  if (body.kind !== "read") return { kind: "refused", reply: unreadReply(body, limits) };
  const json = parseJson(body.bytes);
  room.leave();
  if (json === undefined)
    return {
      kind: "refused",
      reply: refusal(400, "brokenJson", "The body is not JSON, or nested too deep."),
    };
  const parsed = schema.safeParse(json);
  if (parsed.success) return { kind: "value", value: parsed.data };
  const problems = parsed.error.issues.map(
    (issue) => `${issue.path.map(String).join(".") || "body"}: ${issue.message}`,
  );
  return { kind: "refused", reply: refusal(400, "wrongBody", problems.join("; ")) };
}

/** Why a body was not read. One that came too slowly, or not whole, leaves its connection of no more use. */
export function unreadReply(
  { kind }: Exclude<Body, { kind: "read" }>,
  { maxBytes, timeoutMs }: BodyLimits,
): Reply {
  const headers = { connection: "close" };
  switch (kind) {
    case "tooLarge":
      return { ...refusal(413, "tooLarge", `A body is at most ${maxBytes} bytes.`) };
    case "tooSlow":
      return { ...refusal(408, "tooSlow", `The body took over ${timeoutMs} ms.`), headers };
    case "noRoom":
      return noRoom();
    case "cutOff":
      return { ...refusal(400, "cutOff", "The body ended before its time."), headers };
    default:
      return kind satisfies never;
  }
}

/** A storable JSON value; undefined when the bytes are none, or one that is nested too deep. */
export function parseJson(bytes: Buffer): unknown {
  try {
    return storable(JSON.parse(bytes.toString("utf8")));
  } catch {
    return undefined;
  }
}
