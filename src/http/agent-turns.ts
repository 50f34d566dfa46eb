import { z } from "zod";
import type { AgentApi } from "./agent-ports.ts";
import { superseded } from "./agent-start.ts";
import { readJson } from "./json-body.ts";
import { agentBodyLimits, type LifeRoute } from "./life-route.ts";
import { createLifeCounts } from "./per-life.ts";
import { refusal } from "./reply.ts";

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
export function agentTurns({ conversations, perLife }: AgentApi): LifeRoute {
  const stored = createLifeCounts();
  return {
    method: "POST",
    path: "/agent/turns",
    answer: async ({ req, life, room }) => {
      const body = await readJson({ req, room }, turn, agentBodyLimits);
      if (body.kind === "refused") return body.reply;
      const { seq, role, content } = body.value;
      const bytes = Buffer.byteLength(JSON.stringify(content));
      if (bytes > perLife.turnBytes)
        return refusal(
          413,
          "turnTooLarge",
          `This turn has ${bytes} bytes; at most ${perLife.turnBytes} are stored.`,
        );
      if (stored.of(life) >= perLife.turns)
        return refusal(
          403,
          "tooManyTurns",
          `A life stores at most ${perLife.turns} turns: end now.`,
        );
      stored.add(life, 1);
      const isOurs = await conversations.append(life, seq, { role, content });
      return isOurs ? { status: 204, body: null } : superseded;
    },
  };
}
