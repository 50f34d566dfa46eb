import {
  agentMoves,
  approvalMoves,
  epicMoves,
  taskMoves,
} from "../../../src/domain/transitions.ts";
import type { Row } from "./database-facts.ts";
import type { EpicFacts } from "./facts.ts";
import type { Hold, Judge } from "./judge.ts";

/**
 * 13: decisions are pure. That the domain does no I/O, that one file reads the environment and one
 * builds the adapters, is held by test/tidy.test.ts on the sources; what can be seen of it in a
 * world is that nothing ever moved but by the domain's own rules, and that each move is a row.
 */
export const legalMoves: Judge = {
  invariant: 13,
  claim: "Nothing moved but by the domain's rules, one row each (its purity: test/tidy.test.ts)",
  judge: ({ epics }, hold) => {
    for (const epic of epics) for (const noun of nounsOf(epic)) judgeNoun(noun, epic, hold);
  },
};

type Noun = {
  readonly noun: string;
  readonly key: string;
  readonly state: string;
  readonly moves: Readonly<Record<string, readonly string[]>>;
  /** The state it has before its first row; null where making it is a row. */
  readonly begins: string | null;
};

function nounsOf({ row, tasks, agents, approvals }: EpicFacts): readonly Noun[] {
  const epic = { noun: "epic", key: String(row.id), state: row.state, moves: epicMoves };
  return [
    { ...epic, begins: "QUEUED" },
    ...tasks.map(({ ordinal, state }) => ({
      noun: "task",
      key: String(ordinal),
      state,
      moves: taskMoves,
      begins: null,
    })),
    ...agents.map(({ key, state }) => ({
      noun: "agent",
      key,
      state,
      moves: agentMoves,
      begins: null,
    })),
    ...approvals.map(({ id, state }) => ({
      noun: "approval",
      key: id,
      state,
      moves: approvalMoves,
      begins: null,
    })),
  ];
}

function judgeNoun({ noun, key, state, moves, begins }: Noun, epic: EpicFacts, hold: Hold): void {
  let before: Pick<Row<"history">, "to_state" | "at"> | null = null;
  for (const move of epic.history) {
    if (move.noun !== noun || move.noun_key !== key) continue;
    const { from_state: from, to_state: to, cause, at } = move;
    const detail = { epic: epic.name, noun, key, from, to, cause };
    const stood: string | null = before?.to_state ?? begins;
    hold(from === stood, "a move does not begin where the last one ended", { ...detail, stood });
    const isLegal = from === null || (moves[from] ?? []).includes(to);
    hold(isLegal, "something moved as no rule allows", detail);
    hold(before === null || before.at <= at, "a move is older than the one before it", detail);
    before = move;
  }
  const last = before?.to_state ?? begins;
  hold(last === state, "something is in a state it never moved to", {
    epic: epic.name,
    noun,
    key,
    state,
    last,
  });
}
