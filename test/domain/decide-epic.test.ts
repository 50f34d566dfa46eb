import { expect, test } from "vitest";
import {
  beginEpic,
  cancelAsClosed,
  cancelEpic,
  completeEpic,
  failEpic,
  pauseEpic,
  resumeEpic,
} from "../../src/domain/decide-epic.ts";
import {
  agentsOf,
  anAgent,
  anEpic,
  approved,
  aTask,
  completed,
  decisionOf,
  effectsOf,
  person,
  planned,
  profileOf,
  publishing,
  refusalOf,
  sha,
  statesOf,
  viewOf,
} from "../support/epic-view.ts";

const by = { by: person, reason: "" };
const merged = anEpic({ state: "COMPLETED", mergedSha: sha(9) });

test("a labelled epic starts its supervisor and its branch at once (L1, L8, A12)", () => {
  const view = viewOf([], { epic: anEpic({ state: "QUEUED" }), agents: [] });
  const decision = beginEpic(view, profileOf("opus"));

  expect(decision.epic).toMatchObject({ state: "IN_PROGRESS" });
  expect(decision.agents).toMatchObject([{ key: "supervisor", state: "STARTING", model: "opus" }]);
  expect(effectsOf(decision)).toEqual(["startLife", "createEpicBranch", "setStateLabel", "say"]);
});

test("an epic begins once (L1)", () => {
  expect(beginEpic(viewOf([]), profileOf("opus"))).toEqual({});
});

test("a pause stops every process and remembers where it was (L1)", () => {
  const view = viewOf([aTask(1, { state: "IN_PROGRESS" }), completed(2)], {
    agents: [anAgent("supervisor", "ASLEEP"), anAgent("worker/1"), anAgent("worker/2", "DONE")],
  });
  const decision = decisionOf(pauseEpic(view, by));

  expect(decision.epic).toMatchObject({
    ...{ state: "PAUSED", from: "IN_PROGRESS", reason: "paused by mona" },
  });
  expect(agentsOf(decision)).toEqual({ supervisor: "PAUSED", "worker/1": "PAUSED" });
  expect(effectsOf(decision)).toEqual(["stopLife", "stopLife", "setStateLabel"]);
});

test("a resume goes on where the pause began (L1)", () => {
  const epic = anEpic({ state: "PAUSED", from: "AWAITING_HUMAN_REVIEW", reason: "lunch" });
  const agents = [anAgent("supervisor", "PAUSED"), anAgent("worker/1", "DONE")];
  const decision = decisionOf(resumeEpic(viewOf([completed(1)], { epic, agents }), by));

  expect(decision.epic?.state).toBe("AWAITING_HUMAN_REVIEW");
  expect(decision.epic).not.toHaveProperty("from");
  expect(agentsOf(decision)).toEqual({ supervisor: "STARTING" });
});

test("what is paused is not paused again, what is not is not resumed, what has ended is neither (L1)", () => {
  const paused = anEpic({ state: "PAUSED", from: "IN_PROGRESS", reason: "lunch" });

  expect(refusalOf(pauseEpic(viewOf([], { epic: paused }), by))).toBe("wrong-state");
  expect(refusalOf(resumeEpic(viewOf([]), by))).toBe("wrong-state");
  expect(refusalOf(pauseEpic(viewOf([], { epic: merged }), by))).toBe("wrong-state");
  expect(refusalOf(cancelEpic(viewOf([], { epic: merged }), by))).toBe("wrong-state");
});

test("a cancelled epic ends its tasks, agents and pull requests (L1)", () => {
  const epic = anEpic({ state: "IN_PROGRESS" }, { pullRequest: 30 });
  const view = viewOf([completed(1), approved(2), planned(3)], { epic });
  const decision = decisionOf(cancelEpic(view, { by: person, reason: "Not now." }));

  expect(decision.epic).toMatchObject({ state: "CANCELLED", reason: "Not now." });
  expect(statesOf(decision)).toEqual({ 2: "CANCELLED", 3: "CANCELLED" });
  expect(Object.values(agentsOf(decision))).toEqual(["DONE", "DONE", "DONE"]);
  expect(effectsOf(decision)).toEqual(
    expect.arrayContaining(["closeTaskPullRequest", "closeEpicPullRequest", "closeEpicIssue"]),
  );
});

test("no epic is cancelled in the middle of publishing (Q2a)", () => {
  expect(refusalOf(cancelEpic(viewOf([publishing(1)]), by))).toBe("being-published");
});

test("what is closed in the middle of publishing is held, and the way to end it is told (L1, Q2a)", () => {
  const closed = { by: person, reason: "mona closed the issue" };
  const paused = anEpic({ state: "PAUSED", from: "IN_PROGRESS", reason: "lunch" });
  const held = decisionOf(cancelAsClosed(viewOf([publishing(1)]), closed));
  const again = decisionOf(cancelAsClosed(viewOf([publishing(1)], { epic: paused }), closed));

  expect(held.epic?.state).toBe("PAUSED");
  expect(held.tasks ?? []).toEqual([]);
  expect(held.effects?.at(-1)).toMatchObject({
    message: { kind: "epicPaused", reasonText: expect.stringContaining("/ff cancel") },
  });
  expect(effectsOf(again)).toEqual(["say"]);
  expect(decisionOf(cancelAsClosed(viewOf([planned(1)]), closed)).epic?.state).toBe("CANCELLED");
});

test("the human's merge completes the epic and cancels what was unfinished (L11)", () => {
  const decision = completeEpic(viewOf([completed(1), planned(2)]), sha(9));

  expect(decision.epic).toMatchObject({ state: "COMPLETED", mergedSha: sha(9) });
  expect(statesOf(decision)).toEqual({ 2: "CANCELLED" });
  expect(effectsOf(decision).slice(-4)).toEqual([
    ...["setStateLabel", "say", "closeEpicIssue", "deleteEpicBranch"],
  ]);
});

test("a failed epic keeps its branch and its issue, and says why (L10)", () => {
  const decision = failEpic(viewOf([completed(1), planned(2)]), "No way.");

  expect(decision.epic).toMatchObject({ state: "FAILED", reason: "No way." });
  expect(statesOf(decision)).toEqual({ 2: "CANCELLED" });
  expect(effectsOf(decision)).not.toContain("deleteEpicBranch");
  expect(decision.effects?.at(-1)).toMatchObject({
    message: { kind: "epicEnded", state: "FAILED", reasonText: "No way." },
  });
});

test("an epic that has ended does not end again (L10, L11)", () => {
  expect(failEpic(viewOf([], { epic: merged }), "No way.")).toEqual({});
  expect(completeEpic(viewOf([], { epic: merged }), sha(8))).toEqual({});
});
