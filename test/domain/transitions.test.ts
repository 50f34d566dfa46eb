import { expect, test } from "vitest";
import { agentStates, epicStates, taskStates } from "../../src/domain/states.ts";
import { agentMoves, epicMoves, taskMoves } from "../../src/domain/transitions.ts";

/** Every state that can be reached from one. */
function reachable(moves: Readonly<Record<string, readonly string[]>>, from: string): Set<string> {
  const seen = new Set([from]);
  for (const state of seen) for (const next of moves[state] ?? []) seen.add(next);
  return seen;
}

test("every state can be reached from the first (L10)", () => {
  expect([...reachable(epicMoves, "QUEUED")].sort()).toEqual([...epicStates].sort());
  expect([...reachable(taskMoves, "PENDING")].sort()).toEqual([...taskStates].sort());
  expect([...reachable(agentMoves, "STARTING")].sort()).toEqual([...agentStates].sort());
});

test("what is being published lands, goes back to be approved or ends with its epic (Q2a)", () => {
  expect(taskMoves.PUBLISHING).toEqual(["APPROVED", "COMPLETED", "CANCELLED"]);
});

test("a task is published from its approval alone, and lands from publishing alone (Q2, Q2a)", () => {
  const before = (target: "PUBLISHING" | "COMPLETED") =>
    taskStates.filter((state) => taskMoves[state].includes(target));

  expect(before("PUBLISHING")).toEqual(["APPROVED"]);
  expect(before("COMPLETED")).toEqual(["PUBLISHING"]);
  expect(taskMoves.COMPLETED).toEqual([]);
});

test("a completed epic stays completed (L11)", () => {
  expect(epicMoves.COMPLETED).toEqual([]);
});

test("an epic can be paused in every state that has not ended (L1)", () => {
  const pausable = epicStates.filter((state) => epicMoves[state].includes("PAUSED"));

  expect(epicStates.filter((state) => !pausable.includes(state))).toEqual([
    ...["PAUSED", "COMPLETED", "FAILED", "CANCELLED"],
  ]);
  expect(pausable.filter((state) => !epicMoves.PAUSED.includes(state))).toEqual([]);
});

test("no noun moves to the state it is in (L10)", () => {
  const all: readonly Readonly<Record<string, readonly string[]>>[] = [
    ...[epicMoves, taskMoves, agentMoves],
  ];

  for (const moves of all)
    for (const [state, next] of Object.entries(moves)) expect(next).not.toContain(state);
});
