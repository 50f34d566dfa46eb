import { expect, test } from "vitest";
import { epicAskHuman } from "../../src/tools/epic-ask-human.ts";
import { epicBlockTask } from "../../src/tools/epic-block-task.ts";
import { epicCreateTask } from "../../src/tools/epic-create-task.ts";
import { epicEditTask } from "../../src/tools/epic-edit-task.ts";
import { epicListTasks } from "../../src/tools/epic-list-tasks.ts";
import { epicRetryTask } from "../../src/tools/epic-retry-task.ts";
import { epicUnblockTask } from "../../src/tools/epic-unblock-task.ts";
import { aTask } from "../support/epic-view.ts";
import { call } from "./support/call-tool.ts";
import { withWorkers } from "./support/with-workers.ts";

const questions = ["Red or blue?", "For whom?"];
const working = withWorkers([aTask(1)]);
const blocked = withWorkers([aTask(1, { state: "BLOCKED", reason: "The colour is open." })]);
const failed = withWorkers([aTask(1, { state: "FAILED", reason: "It crashed." })]);

test("questions to people are a list, asked in one comment (A4, L3)", () => {
  expect(call(epicAskHuman, "supervisor", working, { questions })).toMatchObject({
    decision: {
      epic: { state: "NEEDS_ANSWER" },
      effects: [
        {},
        {
          thread: { on: "epic" },
          message: {
            kind: "questions",
            agent: "supervisor-12",
            questionTexts: questions,
            contextText: "",
          },
        },
      ],
    },
    reply: { asked: 2, epic: "NEEDS_ANSWER" },
  });
});

test("questions have limits in number and length (A4, S3)", () => {
  const wrong = [
    { questions: [] },
    { questions: Array(11).fill("Why?") },
    { questions: ["x".repeat(1001)] },
    { questions: [" "] },
    { questions, context: "x".repeat(4001) },
    { question: "Why?" },
  ];

  for (const input of wrong)
    expect(call(epicAskHuman, "supervisor", working, input)).toMatchObject({
      refused: "wrong-arguments",
    });
});

test("a task is blocked with the questions it waits for, and let go with the answer (A4, L6)", () => {
  const input = { task: 1, reason: "The colour is open.", questions };

  expect(call(epicBlockTask, "supervisor", working, input)).toMatchObject({
    decision: { tasks: [{ state: "BLOCKED" }] },
    reply: { task: 1, state: "BLOCKED" },
  });
  expect(call(epicUnblockTask, "supervisor", blocked, { task: 1, answer: "Red." })).toMatchObject({
    decision: { tasks: [{ state: "IN_PROGRESS" }], mail: [{ to: "worker/1", body: "Red." }] },
    reply: { task: 1, state: "IN_PROGRESS" },
  });
});

test("an edit names what changes, and says whether a worker was told (A4, L6)", () => {
  expect(
    call(epicEditTask, "supervisor", working, { task: 1, title: "Greet in English" }),
  ).toMatchObject({
    decision: { tasks: [{ title: "Greet in English", description: "Description 1" }] },
    reply: { task: 1, edited: true, worker: "was told the difference" },
  });
  expect(call(epicEditTask, "supervisor", working, { task: 1, title: "a\nb" })).toMatchObject({
    refused: "wrong-arguments",
  });
  expect(call(epicEditTask, "supervisor", working, { task: 1 })).toMatchObject({
    refused: "unchanged",
  });
});

test("a failed task is begun again with something new to go on (A4)", () => {
  const again = { task: 1, context: "Use the other library." };

  expect(call(epicRetryTask, "supervisor", failed, again)).toMatchObject({
    decision: { tasks: [{ state: "PENDING" }] },
    reply: { task: 1, state: "PENDING" },
  });
  expect(call(epicRetryTask, "supervisor", failed, { task: 1, context: " " })).toMatchObject({
    refused: "wrong-arguments",
  });
});

test("one task is shown with all its text before it is edited (A4, L6)", () => {
  expect(call(epicListTasks, "supervisor", working, { task: 1 })).toMatchObject({
    reply: { task: 1, description: "Description 1", acceptance: ["It works."] },
  });
  expect(call(epicListTasks, "supervisor", working, { task: 9 })).toMatchObject({
    refused: "no-such-task",
  });
});

test("insisting on a task is a decision of its own in the log, with score and reason (L7, A11)", () => {
  const same = { title: "Title 1", description: "Description 1", acceptance: ["x"] };
  const insist = { ...same, insist: "Two of them are wanted." };

  expect(call(epicCreateTask, "supervisor", working, insist)).toMatchObject({
    kind: "decided",
    notes: [
      {
        kind: "log",
        agent: "supervisor",
        detail: { resembles: 1, score: 1, reason: "Two of them are wanted." },
      },
    ],
  });
  expect(
    call(epicCreateTask, "supervisor", working, { ...insist, title: "Sell", description: "Now." }),
  ).not.toHaveProperty("notes");
});
