import { expect, test } from "vitest";
import { epicAddDependency } from "../../src/tools/epic-add-dependency.ts";
import { epicApprove } from "../../src/tools/epic-approve.ts";
import { epicCancelTask } from "../../src/tools/epic-cancel-task.ts";
import { epicCreateTask } from "../../src/tools/epic-create-task.ts";
import { epicFail } from "../../src/tools/epic-fail.ts";
import { epicListTasks } from "../../src/tools/epic-list-tasks.ts";
import { epicPlanDone } from "../../src/tools/epic-plan-done.ts";
import { epicReadDiff } from "../../src/tools/epic-read-diff.ts";
import { epicReadFile } from "../../src/tools/epic-read-file.ts";
import { epicRequestChanges } from "../../src/tools/epic-request-changes.ts";
import { epicReviewQueue } from "../../src/tools/epic-review-queue.ts";
import { aTask, headOf, tip } from "../support/epic-view.ts";
import { call } from "./support/call-tool.ts";
import { withWorkers } from "./support/with-workers.ts";

const head = headOf(1);

const cart = { title: "Add a cart", description: "A cart.", acceptance: ["It holds things."] };
const waiting = { state: "PENDING_REVIEW" } as const;

test("a supervisor plans a task and learns its number (A4)", () => {
  const outcome = call(epicCreateTask, "supervisor", withWorkers([aTask(1)]), {
    ...cart,
    dependsOn: [1, 1],
  });

  expect(outcome).toMatchObject({
    kind: "decided",
    decision: { tasks: [{ ordinal: 2, title: "Add a cart", dependsOn: [1], state: "PENDING" }] },
    reply: { task: 2, state: "PENDING" },
  });
});

test("a task like another is refused until the supervisor insists (A4, L7)", () => {
  const view = withWorkers([aTask(1)]);
  const same = { title: "Title 1", description: "Description 1", acceptance: ["x"] };

  expect(call(epicCreateTask, "supervisor", view, same)).toMatchObject({ refused: "resembles" });
  expect(
    call(epicCreateTask, "supervisor", view, { ...same, insist: "Two of them." }),
  ).toMatchObject({ kind: "decided" });
});

test("a task's text and lists have limits (A4, S3)", () => {
  const view = withWorkers([]);
  const wrong = [
    { ...cart, title: "x".repeat(201) },
    { ...cart, title: "two\nlines" },
    { ...cart, title: "  " },
    { ...cart, description: "x".repeat(20_001) },
    { ...cart, acceptance: [] },
    { ...cart, acceptance: Array(21).fill("It works.") },
    { ...cart, dependsOn: [0] },
    { ...cart, dependsOn: Array(21).fill(1) },
    { ...cart, epicId: 2 },
    { title: "Add a cart" },
  ];

  for (const input of wrong)
    expect(call(epicCreateTask, "supervisor", view, input)).toMatchObject({
      refused: "wrong-arguments",
      expected: { type: "object", required: ["title", "description", "acceptance"] },
    });
});

test("a dependency is added while its task is pending (A4)", () => {
  const view = withWorkers([aTask(1), aTask(2, { state: "PENDING" })]);

  expect(call(epicAddDependency, "supervisor", view, { task: 2, dependsOn: 1 })).toMatchObject({
    decision: { tasks: [{ ordinal: 2, dependsOn: [1] }] },
  });
  expect(call(epicAddDependency, "supervisor", view, { task: 1, dependsOn: 2 })).toMatchObject({
    refused: "wrong-state",
  });
});

test("a plan starts by itself, or waits for its human where the epic says so (A4, L4)", () => {
  const view = withWorkers([aTask(1, { state: "PENDING" })]);
  const asked = { ...view, epic: { ...view.epic, plan: "ask" as const } };

  expect(call(epicPlanDone, "supervisor", view, { note: "One." })).toMatchObject({
    decision: { epic: { planAccepted: true } },
    reply: { state: "IN_PROGRESS" },
  });
  expect(call(epicPlanDone, "supervisor", asked, { note: "One." })).toMatchObject({
    decision: { epic: { state: "NEEDS_PLAN_APPROVAL" } },
    reply: { state: "NEEDS_PLAN_APPROVAL" },
  });
  expect(call(epicPlanDone, "supervisor", withWorkers([]), { note: "None." })).toMatchObject({
    refused: "no-tasks",
  });
});

test("the list of tasks says what each one's state is, and why (A4)", () => {
  const view = withWorkers([aTask(1), aTask(2, { state: "FAILED", reason: "No way." })]);

  expect(call(epicListTasks, "supervisor", view)).toMatchObject({
    reply: {
      epic: { issue: 12, state: "IN_PROGRESS" },
      tasks: [
        { task: 1, state: "IN_PROGRESS", issue: 13, head, worker: "RUNNING" },
        { task: 2, state: "FAILED", reason: "No way." },
      ],
    },
  });
});

test("the review queue is in the order of submission (A4, Q1)", () => {
  const view = withWorkers([{ ...aTask(1, waiting), queuePlace: 9 }, aTask(2, waiting), aTask(3)]);

  expect(call(epicReviewQueue, "supervisor", view)).toEqual({
    kind: "reply",
    reply: {
      items: [2, 1].map((number) => ({
        task: number,
        title: `Title ${number}`,
        head: headOf(number),
        summary: `Summary ${number}`,
        acceptance: ["It works."],
        pullRequest: 20 + number,
      })),
    },
  });
});

test("a diff and a file are read by the host at the exact submitted head (A4, S6)", () => {
  const view = withWorkers([aTask(1, waiting), { ...aTask(2), submittedSha: null }]);

  expect(call(epicReadDiff, "supervisor", view, { task: 1 })).toEqual({
    kind: "host",
    operation: { kind: "readDiff", task: 1, sha: head },
  });
  expect(call(epicReadFile, "supervisor", view, { task: 1, path: "src/a.ts" })).toEqual({
    kind: "host",
    operation: { kind: "readFile", sha: head, path: "src/a.ts" },
  });
  expect(call(epicReadFile, "supervisor", view, { path: "README.md" })).toEqual({
    kind: "host",
    operation: { kind: "readFile", sha: tip, path: "README.md" },
  });
  expect(call(epicReadDiff, "supervisor", view, { task: 2 })).toMatchObject({
    refused: "not-submitted",
  });
  expect(call(epicReadFile, "supervisor", view, { task: 9, path: "a" })).toMatchObject({
    refused: "no-such-task",
  });
});

test("a path that leaves the repository, or is none, is wrong (S3, S6)", () => {
  const hostile = ["/etc/passwd", "../x", "a/../../x", "a//b", "./a", "a/.", "", "a\nb", "a\0b"];

  for (const path of [...hostile, "x".repeat(513), "ü".repeat(257)])
    expect(
      call(epicReadFile, "supervisor", withWorkers([aTask(1)]), { task: 1, path }),
    ).toMatchObject({
      refused: "wrong-arguments",
    });
});

test("a review names one exact head and says who reviewed (A4, Q2)", () => {
  const view = withWorkers([aTask(1, waiting)]);
  const moved = "3".repeat(40);

  expect(call(epicApprove, "supervisor", view, { task: 1, head })).toMatchObject({
    decision: {
      tasks: [{ state: "APPROVED", approvedSha: head }],
      effects: [{ kind: "review", message: { agent: "supervisor-12" } }, {}, {}],
    },
    reply: { task: 1, head, state: "APPROVED" },
  });
  expect(call(epicApprove, "supervisor", view, { task: 1, head: moved })).toMatchObject({
    refused: "other-head",
  });
  expect(call(epicApprove, "supervisor", view, { task: 1, head: "222" })).toMatchObject({
    refused: "wrong-arguments",
  });
  expect(
    call(epicRequestChanges, "supervisor", view, { task: 1, head, remarks: "Handle zero." }),
  ).toMatchObject({
    decision: {
      tasks: [{ state: "CHANGES_REQUESTED" }],
      mail: [{ to: "worker/1", body: expect.stringContaining("Handle zero.") }],
    },
  });
  expect(
    call(epicRequestChanges, "supervisor", view, { task: 1, head, remarks: " " }),
  ).toMatchObject({ refused: "wrong-arguments" });
});

test("a supervisor drops a task, fails the epic (A4)", () => {
  const view = withWorkers([aTask(1)]);

  expect(
    call(epicCancelTask, "supervisor", view, { task: 1, reason: "Not needed." }),
  ).toMatchObject({
    decision: { tasks: [{ state: "CANCELLED", reason: "Not needed." }] },
  });
  expect(call(epicFail, "supervisor", view, { reason: "Impossible." })).toMatchObject({
    decision: { epic: { state: "FAILED", reason: "Impossible." } },
  });
});
