import { z } from "zod";
import { type AgentApi, agentBodyLimits, type LifeRoute } from "./agent-api.ts";
import { superseded } from "./agent-start.ts";
import { readJson } from "./json-body.ts";

const maxTurnsOfConversation = 100_000;
const maxBlocks = 10_000;

const turn = z.object({
  seq: z.int().min(0).max(maxTurnsOfConversation),
  role: z.enum(["user", "assistant"]),
  // Blocks are the provider's and go back to it as they came.
  content: z.union([
    z.string().min(1),
    z
      .array(z.looseObject({ type: z.string() }))
      .min(1)
      .max(maxBlocks),
  ]),
});

/** Stores one turn of the conversation before anything it asks for is done (A8). */
export function agentTurns({ conversations }: AgentApi): LifeRoute {
  return {
    method: "POST",
    path: "/agent/turns",
    answer: async ({ req, life }) => {
      const body = await readJson(req, turn, agentBodyLimits);
      if (body.kind === "refused") return body.reply;
      const { seq, role, content } = body.value;
      const isOurs = await conversations.append(life, seq, { role, content });
      return isOurs ? { status: 204, body: null } : superseded;
    },
  };
}
