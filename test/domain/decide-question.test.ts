import { expect, test } from "vitest";
import { askHuman, blockTask, takeComment, unblockTask } from "../../src/domain/decide-question.ts";
import { submitTask } from "../../src/domain/decide-task.ts";
import { applied } from "../../src/domain/decision.ts";
import {
  anEpic,
  aTask,
  decisionOf,
  effectsOf,
  person,
  planned,
  refusalOf,
  viewOf,
} from "../support/epic-view.ts";

const asked = { context: "Both exist.", questions: ["Red?", "Blue?"], agent: "supervisor-12" };
const unplanned = viewOf([], { epic: anEpic({ state: "IN_PROGRESS" }, { planAccepted: false }) });
const working = viewOf([aTask(1, { state: "IN_PROGRESS" })]);

test("questions about the design are one comment, and the epic waits for the answer (L3)", () => {
  const decision = decisionOf(askHuman(unplanned, asked));

  expect(decision.epic?.state).toBe("NEEDS_ANSWER");
  expect(effectsOf(decision)).toEqual(["setStateLabel", "say"]);
  expect(decision.effects?.[1]).toMatchObject({
    thread: { on: "epic" },
    message: { kind: "questions", questionTexts: ["Red?", "Blue?"], task: null },
  });
});

test("who has asked waits for the answer before asking again (L3, H9c)", () => {
  const waiting = applied(unplanned, decisionOf(askHuman(unplanned, asked)));

  expect(refusalOf(askHuman(waiting, asked))).toBe("already-asked");
});

test("a question in the middle of the work holds up nothing (L3)", () => {
  const decision = decisionOf(askHuman(working, asked));

  expect(decision.epic).toBeUndefined();
  expect(effectsOf(decision)).toEqual(["say"]);
});

test("an answer to a paused epic counts once the pause ends (L1, L3)", () => {
  const paused = { state: "PAUSED", from: "NEEDS_ANSWER", reason: "lunch" } as const;
  const view = viewOf([], { epic: anEpic(paused, { planAccepted: false }) });
  const comment = { to: "supervisor", by: person, subject: "A comment", body: "Red." } as const;

  expect(takeComment(view, comment).epic).toMatchObject({ ...paused, from: "IN_PROGRESS" });
});

test("words to a worker answer no question of its supervisor's (L3)", () => {
  const view = viewOf([aTask(1, { state: "IN_PROGRESS" })], {
    epic: anEpic({ state: "NEEDS_ANSWER" }),
  });
  const comment = { to: "worker/1", by: person, subject: "A comment", body: "Red." } as const;

  expect(takeComment(view, comment).epic).toBeUndefined();
});

test("a blocked task waits for people while the others go on, and its worker is told (L6)", () => {
  const decision = decisionOf(blockTask(working, 1, "The colour is open.", asked));

  expect(decision.tasks).toMatchObject([{ state: "BLOCKED", reason: "The colour is open." }]);
  expect(decision.epic).toBeUndefined();
  expect(decision.mail).toMatchObject([{ to: "worker/1", subject: "Your task is blocked" }]);
  expect(effectsOf(decision)).toEqual(["setStateLabel", "say"]);
  expect(refusalOf(submitTask(applied(working, decision), 1, "Done."))).toBe("wrong-state");
});

test("an unblocked task goes on with its worker, who gets the answer (L6)", () => {
  const blocked = applied(working, decisionOf(blockTask(working, 1, "Open.", asked)));
  const decision = decisionOf(unblockTask(blocked, 1, "Red."));

  expect(decision.tasks).toMatchObject([{ state: "IN_PROGRESS" }]);
  expect(decision.mail).toMatchObject([{ to: "worker/1", body: "Red." }]);
});

test("a task blocked before its start waits for its turn again, with the answer in its text (L6)", () => {
  const view = viewOf([planned(1)]);
  const blocked = applied(view, decisionOf(blockTask(view, 1, "Open.", asked)));
  const decision = decisionOf(unblockTask(blocked, 1, "Red."));

  expect(decision.tasks).toMatchObject([
    { state: "PENDING", description: "Description 1\n\nRed." },
  ]);
  expect(decision.mail).toEqual([]);
});

test("only what has not been submitted can be blocked, and only what is blocked goes on (L6)", () => {
  const submitted = viewOf([aTask(1, { state: "PENDING_REVIEW" })]);

  expect(refusalOf(blockTask(submitted, 1, "Open.", asked))).toBe("wrong-state");
  expect(refusalOf(blockTask(submitted, 9, "Open.", asked))).toBe("no-such-task");
  expect(refusalOf(unblockTask(submitted, 1, "Red."))).toBe("wrong-state");
  expect(refusalOf(unblockTask(submitted, 9, "Red."))).toBe("no-such-task");
});

test("nobody is asked about an epic that has ended (L3)", () => {
  const ended = viewOf([], { epic: anEpic({ state: "FAILED", reason: "no" }), agents: [] });

  expect(refusalOf(askHuman(ended, asked))).toBe("wrong-state");
});
