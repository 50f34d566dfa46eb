import { z } from "zod";
import type { McpServer } from "../tools/server.ts";
import { readJson } from "./json-body.ts";
import type { LifeRoute } from "./life-route.ts";
import { defaultBodyTimeoutMs } from "./read-body.ts";

/** A call's arguments are texts of at most 20 kB each. */
const limits = { maxBytes: 1024 * 1024, timeoutMs: defaultBodyTimeoutMs };

/** One request at a time: a batch would run as many calls at once as fit into a body. */
const message = z.looseObject({ jsonrpc: z.literal("2.0"), method: z.string().min(1).max(100) });

/** The tools, to whoever proves to be a life. Without sessions there is no stream to GET. */
export function mcp(server: McpServer): LifeRoute {
  return {
    method: "POST",
    path: "/mcp",
    answer: async ({ req, res, life, room }) => {
      const body = await readJson({ req, room }, message, limits);
      if (body.kind === "refused") return body.reply;
      await server({ req, res, body: body.value }, life);
      return "sent";
    },
  };
}
