import { createHash } from "node:crypto";
import { canonicalJson, type Json } from "./json-lookup.ts";
import { type Block, blocksOf, type MessageRequest } from "./message-request.ts";

/**
 * A short hash of what was said in a conversation.
 *
 * A client that was killed and asks again may have stored the messages elsewhere meanwhile, so what
 * storing changes does not count: the order of keys, nulls, cache marks, thinking that was left out,
 * a bare string in place of a text block, one side's message split in two. Nor does the system
 * prompt, which may name the life that asks.
 *
 * @param part the role that speaks, so that two roles told the same have different ids
 * @returns 22 hexadecimal digits
 */
export function fingerprint(part: string, { messages }: MessageRequest): string {
  const sides: { role: string; blocks: Json[] }[] = [];
  for (const { role, content } of messages) {
    if (role === "system") continue;
    if (sides.at(-1)?.role !== role) sides.push({ role, blocks: [] });
    sides.at(-1)?.blocks.push(...blocksOf(content).flatMap(essence));
  }
  const identity = canonicalJson([part, sides]);
  return createHash("sha256").update(identity).digest("hex").slice(0, 22);
}

function essence(block: Block): readonly Json[] {
  if (block.type === "thinking" || block.type === "redacted_thinking") return [];
  if (block.type === "text") return [{ type: "text", text: String(block.text) }];
  // Blocks arrived as JSON, so they are Json whatever their type says.
  const { cache_control, caller, ...rest } = block as Record<string, Json>;
  const { content, ...others } = rest;
  const inner = typeof content === "string" ? [{ type: "text", text: content }] : content;
  return [withoutNulls(inner === undefined ? others : { ...others, content: inner })];
}

function withoutNulls(value: Json): Json {
  if (typeof value !== "object" || value === null || Array.isArray(value)) return value;
  return Object.fromEntries(Object.entries(value).filter(([, item]) => item !== null));
}
