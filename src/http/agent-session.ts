import { z } from "zod";
import type { AgentApi } from "./agent-ports.ts";
import { superseded } from "./agent-start.ts";
import { readJson } from "./json-body.ts";
import { agentBodyLimits, type LifeRoute } from "./life-route.ts";
import { refusal } from "./reply.ts";

const mostPlaces = 1_000_000;
const place = z.int().min(0).max(mostPlaces);

const sessionNote = z.object({
  /** Counted by the life, so that a repetition is one. */
  place,
  /** The turn it stands behind. */
  afterSeq: place,
  note: z.looseObject({}),
});

/**
 * Keeps what a harness of somebody else's puts beside the turns of a conversation. Without it a
 * conversation goes on all the same, but its beginning is not in the provider's cache.
 */
export function agentSession({ conversations, perLife }: AgentApi): LifeRoute {
  return {
    method: "POST",
    path: "/agent/session",
    answer: async ({ req, life, room }) => {
      const body = await readJson({ req, room }, sessionNote, agentBodyLimits);
      if (body.kind === "refused") return body.reply;
      const bytes = Buffer.byteLength(JSON.stringify(body.value.note));
      const { sessionNoteBytes, sessionNotes } = perLife;
      if (bytes > sessionNoteBytes)
        return refusal(
          413,
          "noteTooLarge",
          `This note has ${bytes} bytes; at most ${sessionNoteBytes} are kept.`,
        );
      const isOurs = await conversations.keepSessionNote(life, body.value, sessionNotes);
      return isOurs ? { status: 204, body: null } : superseded;
    },
  };
}
