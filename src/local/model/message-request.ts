// The body of POST /v1/messages, as far as the stand-in reads it. Unknown keys and unknown kinds of
// blocks pass: what is checked is what the provider is known to refuse and we could get wrong.
import { z } from "zod";

const cacheControl = z
  .looseObject({ type: z.literal("ephemeral"), ttl: z.enum(["5m", "1h"]).optional() })
  .nullish();

const block = z.looseObject({ type: z.string().min(1), cache_control: cacheControl });
const content = z.union(
  [z.string(), z.array(block)],
  "Input should be a string or a list of blocks",
);

export const messageRequestSchema = z.looseObject({
  model: z.string().min(1),
  max_tokens: z.int().min(1),
  messages: z
    .array(z.looseObject({ role: z.enum(["user", "assistant", "system"]), content }))
    .min(1, "at least one message is required"),
  system: z
    .union([z.string(), z.array(block)], "Input should be a string or a list of text blocks")
    .optional(),
  tools: z
    .array(
      z.looseObject({
        name: z
          .string()
          .regex(/^[a-zA-Z0-9_-]{1,128}$/, "String should match pattern '^[a-zA-Z0-9_-]{1,128}$'")
          .optional(),
        type: z.string().nullish(),
        input_schema: z.looseObject({ type: z.literal("object") }).optional(),
        cache_control: cacheControl,
      }),
    )
    .optional(),
  stream: z.boolean().optional(),
  thinking: z.looseObject({ type: z.string() }).optional(),
  cache_control: cacheControl,
});

export const countRequestSchema = messageRequestSchema.omit({ max_tokens: true, stream: true });

export type MessageRequest = z.infer<typeof messageRequestSchema>;
export type CountRequest = z.infer<typeof countRequestSchema>;
export type Block = z.infer<typeof block>;
export type Content = z.infer<typeof content>;

/** A message's content as blocks: a bare string is one text block. */
export function blocksOf(content: Content | undefined): readonly Block[] {
  if (content === undefined) return [];
  return typeof content === "string" ? [{ type: "text", text: content }] : content;
}

/** The text of blocks, one below the other; blocks without text count for nothing. */
export function textOf(content: unknown): string {
  if (typeof content === "string") return content;
  if (!Array.isArray(content)) return "";
  return content.flatMap((item) => textOfBlock(item)).join("\n");
}

function textOfBlock(item: unknown): readonly string[] {
  if (typeof item !== "object" || item === null) return [];
  if ("text" in item && typeof item.text === "string") return [item.text];
  return "content" in item ? [textOf(item.content)] : [];
}

/** The first thing wrong with a body, worded as the provider words it: `max_tokens: Field required`. */
export function describeIssue(error: z.ZodError): string {
  const [issue] = error.issues;
  if (!issue) return "Invalid request";
  const where = issue.path.join(".");
  const missing = issue.code === "invalid_type" && issue.message.endsWith("received undefined");
  const message = missing ? "Field required" : issue.message;
  return where === "" ? message : `${where}: ${message}`;
}
