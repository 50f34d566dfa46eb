import { z } from "zod";
import { judgeCommits } from "./commits-once.ts";
import type { Row } from "./database-facts.ts";
import type { Facts } from "./facts.ts";
import type { Hold, Judge } from "./judge.ts";

/** 12: no call runs twice, and no model is paid for nothing. */
export const soundConversations: Judge = {
  invariant: 12,
  claim: "Conversations are well-formed, each call had one effect, and answers were paid for once",
  judge: async (facts, hold) => {
    for (const agent of facts.database.agents) {
      const isIts = (row: { readonly epic_id: number; readonly agent: string }) =>
        row.epic_id === agent.epic_id && row.agent === agent.key;
      const turns = facts.database.turns.filter(isIts);
      const who = { epic: agent.epic_id, agent: agent.key };
      judgeShape(turns, who, hold);
      const asked = judgeAnswers(turns, who, hold);
      judgeCalls(facts.database.tool_calls.filter(isIts), asked, who, hold);
      judgePaid(agent, turns, facts, hold);
    }
    judgeMailOnce(facts, hold);
    judgeOperations(facts, hold);
    for (const epic of facts.epics) await judgeCommits(epic, facts, hold);
  },
};

type Turns = readonly Row<"turns">[];

const blocks = z.array(
  z.looseObject({
    type: z.string(),
    id: z.string().optional(),
    tool_use_id: z.string().optional(),
  }),
);

function idsIn(
  turn: Row<"turns"> | undefined,
  type: "tool_use" | "tool_result",
): readonly string[] {
  const parsed = blocks.safeParse(turn?.content);
  if (!parsed.success) return [];
  return parsed.data
    .filter((block) => block.type === type)
    .map((block) => (type === "tool_use" ? block.id : block.tool_use_id) ?? "");
}

function judgeShape(turns: Turns, who: object, hold: Hold): void {
  for (const [index, { seq, role }] of turns.entries()) {
    hold(seq === index, "a turn is missing from a conversation", { ...who, seq, expected: index });
    const expected = index % 2 === 0 ? "user" : "assistant";
    hold(role === expected, "a conversation does not alternate", { ...who, seq, role });
  }
}

/** @returns every call the model asked for */
function judgeAnswers(turns: Turns, who: object, hold: Hold): ReadonlySet<string> {
  const asked = new Set<string>();
  for (const [index, turn] of turns.entries()) {
    const calls = turn.role === "assistant" ? idsIn(turn, "tool_use") : [];
    for (const call of calls) {
      hold(!asked.has(call), "two calls have the same id", { ...who, call });
      asked.add(call);
    }
    const next = turns[index + 1];
    if (turn.role !== "assistant" || next === undefined) continue;
    const answers = idsIn(next, "tool_result");
    const isAnswered = [...answers].sort().join() === [...calls].sort().join();
    hold(isAnswered, "calls are not answered once, in the next turn", {
      ...who,
      seq: turn.seq,
      calls,
      answers,
    });
  }
  const first = idsIn(turns[0], "tool_result");
  hold(first.length === 0, "a conversation begins with an answer", { ...who, first });
  return asked;
}

function judgeCalls(
  calls: readonly Row<"tool_calls">[],
  asked: ReadonlySet<string>,
  who: object,
  hold: Hold,
): void {
  for (const { call_id: call, tool } of calls) {
    const isMail = tool === "mail" && call.startsWith("mail/");
    hold(isMail || asked.has(call), "a call ran that no stored turn asked for", {
      ...who,
      call,
      tool,
    });
  }
}

function judgePaid(
  agent: Row<"agents">,
  turns: Turns,
  { database, world }: Facts,
  hold: Hold,
): void {
  const isIts = (row: { readonly epic_id: number; readonly agent: string }) =>
    row.epic_id === agent.epic_id && row.agent === agent.key;
  const paid = database.model_calls.filter((row) => isIts(row) && row.status === 200).length;
  const answers = turns.filter(({ role }) => role === "assistant").length;
  // A life that ends may take one answer with it that was not stored yet.
  const lives = database.lives.filter(isIts).length;
  const summaries = database.compactions.filter(isIts).length;
  const most = answers + summaries + lives + world.settings.modelRetries;
  hold(paid <= most, "a model was paid for answers that nobody kept", {
    epic: agent.epic_id,
    agent: agent.key,
    paid,
    answers,
    summaries,
    lives,
  });
}

const mailIds = z.object({ ids: z.array(z.number()) });

/** No mail is in two turns. */
function judgeMailOnce({ database }: Facts, hold: Hold): void {
  const taken = new Set<number>();
  for (const { call_id: call, agent, tool, input } of database.tool_calls) {
    if (tool !== "mail") continue;
    for (const id of mailIds.safeParse(input).data?.ids ?? []) {
      hold(!taken.has(id), "a mail was given to an agent twice", { mail: id, agent, call });
      taken.add(id);
    }
  }
}

function judgeOperations({ database }: Facts, hold: Hold): void {
  const asked = new Set<string>();
  for (const { id, epic_id: epic, kind, effect } of database.outbox) {
    if (kind !== "hostOperation") continue;
    const name = `${epic}/${String(effect["agent"])}/${String(effect["callId"])}`;
    hold(!asked.has(name), "a host was asked twice for one call", { row: id, call: name });
    asked.add(name);
  }
}
