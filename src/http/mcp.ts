import { z } from "zod";
import type { McpServer } from "../tools/server.ts";
import type { LifeRoute } from "./agent-api.ts";
import { readJson } from "./json-body.ts";
import { defaultBodyTimeoutMs } from "./read-body.ts";

/** A call's arguments are texts of at most 20 kB each. */
const limits = { maxBytes: 1024 * 1024, timeoutMs: defaultBodyTimeoutMs };

/** The tools, to whoever proves to be a life. Without sessions there is no stream to GET. */
export function mcp(server: McpServer): LifeRoute {
  return {
    method: "POST",
    path: "/mcp",
    answer: async ({ req, res, life }) => {
      const body = await readJson(req, z.unknown(), limits);
      if (body.kind === "refused") return body.reply;
      await server({ req, res, body: body.value }, life);
      return "sent";
    },
  };
}
