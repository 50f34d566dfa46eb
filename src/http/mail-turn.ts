import { z } from "zod";
import type { LifeIdentity } from "../domain/agent.ts";
import type { Conversations, Turn } from "../ports/agents.ts";
import type { Note } from "../ports/epics.ts";

// Mail becomes a user's turn of a conversation once, whatever dies when. Marking it read and
// keeping its text happen in one transaction, as a call with the turn's number for its id; the turn
// is stored after that, by whoever comes first: the request that took it, or the next life.

export type MailTurn = { readonly seq: number; readonly text: string; readonly turn: Turn };

const toolName = "mail";
// A slash, which no id from outside has.
const idOf = (seq: number): string => `mail/${seq}`;
const stored = z.object({ text: z.string() });

/** The mail that was taken for this turn, or null. */
export async function takenMail(
  life: LifeIdentity,
  seq: number,
  conversations: Pick<Conversations, "call">,
): Promise<MailTurn | null> {
  const call = await conversations.call(life.epicId, life.agent, idOf(seq));
  return call?.reply ? mailTurn(seq, stored.parse(call.reply.content).text) : null;
}

export function mailTurn(seq: number, text: string): MailTurn {
  return { seq, text, turn: { role: "user", content: text } };
}

/** What takes mail for a turn, stored together with the decision that the agent works again. */
export function takeMailNotes(
  life: LifeIdentity,
  ids: readonly number[],
  { seq, text }: MailTurn,
): readonly Note[] {
  return [
    { kind: "mailRead", ids, life },
    {
      kind: "toolCall",
      life,
      callId: idOf(seq),
      tool: toolName,
      input: { ids },
      reply: { isError: false, content: { text } },
      operation: null,
    },
  ];
}
