import { expect, test } from "vitest";
import type { Approval } from "../../src/domain/approval.ts";
import type { EpicView } from "../../src/domain/epic-view.ts";
import type { PermissionMode } from "../../src/domain/profile.ts";
import { anApproval, aTask } from "../support/epic-view.ts";
import { type Made, makeCall } from "./support/call-desk.ts";
import { withWorkers } from "./support/with-workers.ts";

const cancel = { tool: "epic_cancel_task", input: { task: 1, reason: "Not needed" } };
const supervisor = { role: "supervisor", mode: "strict" } as const;

function withApprovals(...approvals: readonly Approval[]): EpicView {
  return { ...withWorkers([aTask(1)]), approvals };
}

function run(
  view: EpicView,
  call: { readonly tool: string; readonly input: unknown } = cancel,
  mode: PermissionMode = "strict",
): Promise<Made> {
  return makeCall(view, call, { ...supervisor, mode });
}

const runApproved = (view: EpicView, id = "b7k2") =>
  run(view, { tool: "run_approved", input: { id } });

test("a sensitive call in strict mode changes nothing and is answered at once (A7)", async () => {
  const { reply, decision } = await run(withApprovals());

  expect(reply).toMatchObject({
    isError: false,
    content: { pending: "z9z9", next: expect.stringContaining("run_approved with id z9z9") },
  });
  expect(
    Object.keys(decision)
      .filter((part) => part !== "agents")
      .sort(),
  ).toEqual(["approvals", "effects", "mail", "tasks"]);
  expect(decision).toMatchObject({
    tasks: [],
    mail: [],
    approvals: [{ ...cancel, state: "PENDING" }],
  });
  expect(decision.effects).toMatchObject([
    { kind: "say", message: { kind: "approvalWanted", id: "z9z9" } },
  ]);
});

test("a call that would be refused is refused, and nobody is asked (A7)", async () => {
  const { reply, decision } = await run(withApprovals(), {
    ...cancel,
    input: { task: 7, reason: "x" },
  });

  expect(reply).toMatchObject({ isError: true, content: { error: "no-such-task" } });
  expect(decision.approvals).toBeUndefined();
});

test("people see the arguments without what looks like a secret (A7, S4)", async () => {
  const { decision } = await run(withApprovals(), {
    tool: "epic_fail",
    input: { reason: "The key sk-secret does not work" },
  });

  expect(JSON.stringify(decision.effects)).toContain("The key [redacted] does not work");
  expect(decision.approvals?.[0]?.input).toEqual({ reason: "The key sk-secret does not work" });
});

test("the same call again has the same id, and people are not asked twice (A7, H9c)", async () => {
  const { reply, decision } = await run(withApprovals(anApproval("b7k2")));

  expect(reply.content).toMatchObject({ pending: "b7k2" });
  expect(decision).toEqual({ tasks: [], agents: [], mail: [], effects: [] });
});

test("the same call after its approval is told to run it, after its denial to do without (A7)", async () => {
  const approved = await run(withApprovals(anApproval("b7k2", { state: "APPROVED", by: "ana" })));
  const denied = await run(
    withApprovals(anApproval("b7k2", { state: "DENIED", by: "ana", reason: "It is wanted" })),
  );

  expect(approved.reply.content).toMatchObject({ approved: "b7k2" });
  expect(denied.reply).toMatchObject({
    isError: true,
    content: {
      error: "denied",
      detail: "ana denied this very call (b7k2): It is wanted. Find another way, or ask.",
    },
  });
});

test("an agent has only so many calls waiting for people (A7, H9c)", async () => {
  const view = withApprovals(anApproval("b7k2", { input: {} }), anApproval("c3x9", { input: {} }));

  const made = await makeCall(view, cancel, { ...supervisor, maxPendingApprovals: 2 });

  expect(made.reply.content).toMatchObject({ error: "too-many-pending" });
  expect(made.decision.effects).toEqual([]);
});

test("an approved call runs with the stored arguments, once (A7)", async () => {
  const approval = anApproval("b7k2", { state: "APPROVED", by: "ana" });

  const { reply, decision } = await runApproved(withApprovals(approval));

  expect(reply).toEqual({ isError: false, content: { task: 1, state: "CANCELLED" } });
  expect(decision).toMatchObject({
    tasks: [{ ordinal: 1, state: "CANCELLED", reason: "Not needed" }],
    approvals: [{ id: "b7k2", state: "RAN" }],
  });
});

test.each([
  [anApproval("b7k2"), "approval-pending"],
  [anApproval("b7k2", { state: "RAN", by: "ana" }), "approval-ran"],
  [anApproval("b7k2", { state: "DENIED", by: "ana", reason: "" }), "approval-denied"],
  [anApproval("b7k2", { state: "EXPIRED" }), "approval-expired"],
  [anApproval("b7k2", { state: "WITHDRAWN" }), "approval-withdrawn"],
  [anApproval("b7k2", { state: "APPROVED", by: "ana", overdue: true }), "approval-approved"],
  [anApproval("c3x9"), "no-such-approval"],
  [anApproval("b7k2", { state: "APPROVED", by: "ana", agent: "worker/1" }), "no-such-approval"],
])("run_approved of %o is refused as %s (A7)", async (approval, word) => {
  const { reply, decision } = await runApproved(withApprovals(approval));

  expect(reply).toMatchObject({ isError: true, content: { error: word } });
  expect(decision.approvals).toBeUndefined();
});

test("approving spares a call no check: it is decided on what is true then (A5, A7)", async () => {
  const by = { state: "APPROVED", by: "ana" } as const;
  const landed = {
    ...withApprovals(anApproval("b7k2", by)),
    tasks: [aTask(1, { state: "COMPLETED", mergeSha: "c" })],
  };
  const notHers = anApproval("b7k2", { ...by, tool: "task_give_up", input: { reason: "x" } });
  const malformed = anApproval("b7k2", { ...by, input: { task: 1 } });
  const nested = anApproval("b7k2", { ...by, tool: "run_approved", input: { id: "b7k2" } });

  expect((await runApproved(landed)).reply.content).toMatchObject({ error: "wrong-state" });
  expect((await runApproved(landed)).decision.approvals).toBeUndefined();
  expect((await runApproved(withApprovals(notHers))).reply.content).toMatchObject({
    error: "not-permitted",
  });
  expect((await runApproved(withApprovals(malformed))).reply.content).toMatchObject({
    error: "wrong-arguments",
  });
  expect((await runApproved(withApprovals(nested))).reply.content).toMatchObject({
    error: "not-permitted",
  });
});

test("a tool switched off after its approval does not run (A7)", async () => {
  const view = withApprovals(anApproval("b7k2", { state: "APPROVED", by: "ana" }));
  const call = { tool: "run_approved", input: { id: "b7k2" } };

  const made = await makeCall(view, call, { ...supervisor, deniedTools: ["epic_cancel_task"] });

  expect(made.reply.content).toMatchObject({ error: "tool-denied" });
});

test.each(["relaxed", "yolo"] as const)(
  "in %s mode a call runs at once, and what was asked for it before is taken back (A7)",
  async (mode) => {
    const { reply, decision } = await run(withApprovals(anApproval("b7k2")), cancel, mode);

    expect(reply.content).toMatchObject({ state: "CANCELLED" });
    expect(decision.approvals).toMatchObject([{ id: "b7k2", state: "WITHDRAWN" }]);
  },
);
