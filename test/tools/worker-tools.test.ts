import { expect, test } from "vitest";
import type { EpicView } from "../../src/domain/epic-view.ts";
import { agentStatus } from "../../src/tools/agent-status.ts";
import { gitCommit } from "../../src/tools/git-commit.ts";
import { gitRebase } from "../../src/tools/git-rebase.ts";
import { logDecision } from "../../src/tools/log-decision.ts";
import { mailList } from "../../src/tools/mail-list.ts";
import { mailSend } from "../../src/tools/mail-send.ts";
import { taskAsk } from "../../src/tools/task-ask.ts";
import { taskGiveUp } from "../../src/tools/task-give-up.ts";
import { taskStatus } from "../../src/tools/task-status.ts";
import { taskSubmit } from "../../src/tools/task-submit.ts";
import { anAgent, aTask, headOf } from "../support/epic-view.ts";
import { call, lifeOf } from "./support/call-tool.ts";
import { withWorkers } from "./support/with-workers.ts";

const head = headOf(1);

function mailed(view: EpicView, to: "supervisor" | "worker/1", count: number): EpicView {
  const unreadMail = Array.from({ length: count }, (_, index) => ({
    id: index + 1,
    to,
    from: { kind: "agent", agent: "supervisor" } as const,
    subject: `Mail ${index + 1}`,
    body: "Read me.",
    read: false,
  }));
  return { ...view, unreadMail };
}

test("a worker sees its own task, and cannot name another (A4, A5)", () => {
  const view = withWorkers([aTask(1), { ...aTask(2), dependsOn: [1] }]);

  expect(call(taskStatus, "worker/2", view)).toMatchObject({
    reply: {
      task: 2,
      title: "Title 2",
      dependsOn: [{ task: 1, title: "Title 1", state: "IN_PROGRESS" }],
      state: "IN_PROGRESS",
    },
  });
  expect(call(taskStatus, "worker/2", view, { task: 1 })).toMatchObject({
    refused: "wrong-arguments",
  });
});

test("a task's status says what to do next in every state (A4)", () => {
  const nexts = [
    aTask(1),
    aTask(1, { state: "CHANGES_REQUESTED" }),
    aTask(1, { state: "NEEDS_REBASE" }),
    aTask(1, { state: "PENDING_REVIEW" }),
    aTask(1, { state: "COMPLETED", mergeSha: head }),
    { ...aTask(1, { state: "NEEDS_REBASE" }), mergeParentSha: head },
  ].map((one) => call(taskStatus, "worker/1", withWorkers([one])));

  expect(nexts).toMatchObject(
    [
      /run its tests/,
      /review in your mail/,
      /git_rebase/,
      /End your turn/,
      /has ended/,
      /resolve/,
    ].map((next) => ({ reply: { next: expect.stringMatching(next) } })),
  );
});

test("a commit and a rebase are the host's work on the worker's own task (A4, S6)", () => {
  const view = withWorkers([aTask(1), aTask(2, { state: "PENDING_REVIEW" })]);

  expect(call(gitCommit, "worker/1", view, { message: "Add a cart" })).toEqual({
    kind: "host",
    operation: { kind: "commit", task: 1, message: "Add a cart" },
  });
  expect(call(gitRebase, "worker/1", view)).toEqual({
    kind: "host",
    operation: { kind: "rebase", task: 1 },
  });
  expect(call(gitCommit, "worker/2", view, { message: "Late" })).toMatchObject({
    refused: "wrong-state",
  });
  expect(call(gitRebase, "worker/2", view)).toMatchObject({ refused: "wrong-state" });
});

test("only a commit that was not submitted before is taken for review (A4, L9a)", () => {
  const fresh = withWorkers([{ ...aTask(1), submittedSha: null, queuePlace: null }]);

  expect(call(taskSubmit, "worker/1", fresh, { summary: "Done." })).toMatchObject({
    decision: {
      tasks: [{ state: "PENDING_REVIEW", submittedSha: head, summary: "Done." }],
      mail: [{ to: "supervisor" }],
    },
    reply: { state: "PENDING_REVIEW", head },
  });
  expect(call(taskSubmit, "worker/1", withWorkers([aTask(1)]), { summary: "Done." })).toMatchObject(
    {
      refused: "unchanged",
    },
  );
});

test("a worker asks its supervisor, and gives up with a reason (A4, L6)", () => {
  const view = withWorkers([aTask(1)]);

  expect(call(taskAsk, "worker/1", view, { question: "Which colour?" })).toMatchObject({
    decision: {
      mail: [
        {
          to: "supervisor",
          from: { kind: "agent", agent: "worker/1" },
          subject: "Question about task 1 “Title 1”",
          body: "Which colour?",
        },
      ],
    },
  });
  expect(call(taskGiveUp, "worker/1", view, { reason: "No such API." })).toMatchObject({
    decision: { tasks: [{ state: "FAILED", reason: "No such API." }] },
  });
});

test("mail goes to the supervisor, to a task's worker, or to the human as a comment (A4, H3)", () => {
  const view = withWorkers([aTask(1), aTask(2)]);
  const letter = { subject: "Hello", body: "Text." };
  const send = (from: "supervisor" | "worker/1", to: string) =>
    call(mailSend, from, view, { to, ...letter });

  expect(send("worker/1", "supervisor")).toMatchObject({
    decision: { mail: [{ to: "supervisor", from: { agent: "worker/1" }, ...letter }] },
    reply: { to: "supervisor-12" },
  });
  expect(send("supervisor", "worker 2")).toMatchObject({
    decision: { mail: [{ to: "worker/2" }] },
    reply: { to: "worker-14" },
  });
  expect(send("worker/1", "human")).toMatchObject({
    decision: {
      effects: [{ kind: "say", thread: { on: "task", task: 1 }, message: { agent: "worker-13" } }],
    },
  });
  expect(send("supervisor", "human")).toMatchObject({
    decision: { effects: [{ thread: { on: "epic" }, message: { agent: "supervisor-12" } }] },
  });
});

test("mail that nobody would read, or that is not the sender's to send, is refused (A5)", () => {
  const base = withWorkers([aTask(1), aTask(2), aTask(3)]);
  const view = {
    ...base,
    agents: [anAgent("supervisor"), anAgent("worker/1"), anAgent("worker/3", "DONE")],
  };
  const send = (from: "supervisor" | "worker/1", to: string) =>
    call(mailSend, from, view, { to, subject: "Hello", body: "Text." });

  expect(send("worker/1", "worker 2")).toMatchObject({ refused: "not-permitted" });
  expect(send("supervisor", "supervisor")).toMatchObject({ refused: "to-yourself" });
  expect(send("supervisor", "worker 2")).toMatchObject({ refused: "not-started" });
  expect(send("supervisor", "worker 3")).toMatchObject({ refused: "agent-ended" });
  expect(send("supervisor", "worker 9")).toMatchObject({ refused: "no-such-task" });
  expect(send("supervisor", "worker-2")).toMatchObject({ refused: "wrong-arguments" });
});

test("listing mail shows one's own and marks exactly what it shows as read (A4, A8)", () => {
  const view = mailed(withWorkers([aTask(1)]), "worker/1", 22);

  const listed = call(mailList, "worker/1", view);

  expect(listed).toMatchObject({
    reply: { more: 2 },
    notes: [{ kind: "mailRead", ids: Array.from({ length: 20 }, (_, index) => index + 1) }],
  });
  expect(listed).toHaveProperty("reply.mail.0", {
    id: 1,
    from: "supervisor-12",
    subject: "Mail 1",
    body: "Read me.",
  });
  expect(call(mailList, "supervisor", view)).toEqual({
    kind: "reply",
    reply: { mail: [], more: 0 },
    notes: [],
  });
});

test("an agent learns who it is (A4)", () => {
  const view = mailed(withWorkers([aTask(1)]), "worker/1", 1);

  expect(call(agentStatus, "worker/1", view)).toMatchObject({
    reply: {
      agent: "worker-13",
      role: "worker",
      task: 1,
      life: 1,
      state: "RUNNING",
      epic: { issue: 12, state: "IN_PROGRESS" },
      unreadMail: 1,
    },
  });
});

test("a decision and its reason are logged (A11)", () => {
  const input = { decision: "Use a map.", reason: "Order matters." };

  expect(call(logDecision, "worker/1", withWorkers([aTask(1)]), input)).toEqual({
    kind: "reply",
    reply: { logged: true },
    notes: [{ kind: "log", agent: lifeOf("worker/1").agent, what: "decision", detail: input }],
  });
});
