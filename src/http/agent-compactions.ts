import { z } from "zod";
import type { AgentApi } from "./agent-ports.ts";
import { superseded } from "./agent-start.ts";
import { readJson } from "./json-body.ts";
import { agentBodyLimits, type LifeRoute } from "./life-route.ts";
import { refusal } from "./reply.ts";

const mostTokens = 1_000_000_000;
const tokens = z.int().min(0).max(mostTokens);
const firstThatMayStay = 2;
/** A summary is the text of one answer. */
const mostSummaryCharacters = 2_000_000;

const compaction = z.object({
  fromSeq: z.int().min(firstThatMayStay),
  summary: z.string().min(1).max(mostSummaryCharacters),
  tokensBefore: tokens,
  tokensAfter: tokens,
});

/** Stores a summary beside the turns it stands for, before the runner goes on with it alone. */
export function agentCompactions({ conversations }: AgentApi): LifeRoute {
  return {
    method: "POST",
    path: "/agent/compactions",
    answer: async ({ req, life, room }) => {
      const body = await readJson({ req, room }, compaction, agentBodyLimits);
      if (body.kind === "refused") return body.reply;
      const { fromSeq } = body.value;
      const stored = await conversations.nextSeq(life.epicId, life.agent);
      if (fromSeq > stored)
        return refusal(
          400,
          "noSuchTurn",
          `The conversation has ${stored} turns; ${fromSeq} cannot be the first that stays.`,
        );
      const isOurs = await conversations.compact(life, body.value);
      return isOurs ? { status: 204, body: null } : superseded;
    },
  };
}
