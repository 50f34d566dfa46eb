import { expect, test } from "vitest";
import { isApprovalId } from "../../src/domain/approval.ts";
import {
  approveCall,
  askApproval,
  denyCall,
  expireApprovals,
  withdrawApprovals,
} from "../../src/domain/decide-approval.ts";
import { applied } from "../../src/domain/decision.ts";
import type { EpicView } from "../../src/domain/epic-view.ts";
import { isRefusal } from "../../src/domain/refusal.ts";
import { settle } from "../../src/domain/settle.ts";
import {
  anAgent,
  anApproval,
  anEpic,
  anyBounds,
  aTask,
  completed,
  person,
  profilesOf,
  refusalOf,
  viewOf,
} from "../support/epic-view.ts";

const rules = { maxWorkers: 2, profiles: profilesOf("sonnet", "sonnet"), bounds: anyBounds };
const onEpic = { on: "epic" } as const;
const said = { by: person, thread: onEpic, commentId: 9 };
const asked = (...ids: readonly string[]) =>
  viewOf([], { approvals: ids.map((id) => anApproval(id)) });

test("a call is stored and people are told once, where its agent is talked to (A7)", () => {
  const wish = { tool: "task_give_up", input: { reason: "x" }, limitMs: 5, argumentsText: "{}" };
  const decision = askApproval(viewOf([aTask(1, { state: "IN_PROGRESS" })]), {
    ...wish,
    id: "b7k2",
    agent: "worker/1",
  });

  expect(decision.approvals).toMatchObject([
    { id: "b7k2", state: "PENDING", input: { reason: "x" } },
  ]);
  expect(decision.effects).toMatchObject([
    {
      kind: "say",
      thread: { on: "task", task: 1 },
      message: { kind: "approvalWanted", agent: "worker-13" },
    },
  ]);
});

test("an approval is mail that says how to run the call; nothing runs by it (A7)", () => {
  const answered = approveCall(asked("b7k2"), { ...said, id: "b7k2" });

  expect(answered).toMatchObject({
    decision: {
      approvals: [{ id: "b7k2", state: "APPROVED", by: person.login, input: { task: 1 } }],
      mail: [{ to: "supervisor", body: expect.stringContaining("run_approved with id b7k2") }],
    },
  });
  expect(isRefusal(answered) ? null : Object.keys(answered.decision)).toEqual([
    "approvals",
    "mail",
  ]);
});

test("a denial is mail with its reason, also of what was approved and has not run (A7)", () => {
  const deny = (state: "PENDING" | "APPROVED" | "RAN") =>
    denyCall(viewOf([], { approvals: [anApproval("b7k2", { state, by: "bo" })] }), {
      ...{ ...said, id: "b7k2", reason: "It is wanted" },
    });

  for (const state of ["PENDING", "APPROVED"] as const)
    expect(deny(state)).toMatchObject({
      decision: {
        approvals: [{ state: "DENIED", reason: "It is wanted" }],
        mail: [{ body: expect.stringContaining("It is wanted") }],
      },
    });
  expect(refusalOf(deny("RAN"))).toBe("wrong-state");
});

test("without an id the only waiting call is meant, in a task's thread that of its worker (A7, H6)", () => {
  const view = viewOf([], {
    approvals: [anApproval("b7k2"), anApproval("c3x9", { agent: "worker/1" })],
  });
  const answer = (thread: Parameters<typeof approveCall>[1]["thread"], id: string | null = null) =>
    approveCall(view, { ...said, id, thread });

  expect(answer(onEpic)).toMatchObject({
    refused: "which-one",
    detail: expect.stringContaining("b7k2 (epic_cancel_task), c3x9"),
  });
  expect(answer({ on: "task", task: 1 })).toMatchObject({ approval: { id: "c3x9" } });
  expect(refusalOf(answer({ on: "task", task: 2 }))).toBe("nothing-waits");
  expect(answer(onEpic, "b2b2")).toMatchObject({
    refused: "no-such-approval",
    detail: expect.stringContaining("What waits: b7k2, c3x9"),
  });
  expect(refusalOf(approveCall(asked(), { ...said, id: null }))).toBe("nothing-waits");
});

test("without an id no call is meant that was shown after the person wrote, or not yet (A7, H6)", () => {
  const seen = anApproval("b7k2", { overdue: true, commentId: 5 });
  const later = anApproval("c3x9", { tool: "epic_fail", commentId: 10 });
  const unshown = anApproval("d4z8", { commentId: null });
  const bare = { ...said, id: null };
  const both = viewOf([], { approvals: [seen, later, unshown] });
  const expired = applied(both, expireApprovals(both));

  expect(approveCall(both, bare)).toMatchObject({ approval: { id: "b7k2", commentId: 5 } });
  for (const answer of [
    approveCall(expired, bare),
    denyCall(expired, { ...bare, reason: "No" }),
    approveCall(viewOf([], { approvals: [later] }), bare),
  ])
    expect(answer).toMatchObject({
      refused: "which-one",
      detail: expect.stringContaining("What waits: c3x9 (epic_fail)"),
    });
  expect(approveCall(expired, { ...said, id: "c3x9" })).toMatchObject({ approval: { id: "c3x9" } });
});

test("what nobody answered and what was never used runs out, and its agent is told (A7)", () => {
  const view = viewOf([], {
    approvals: [
      anApproval("b7k2", { overdue: true }),
      anApproval("c3x9", { state: "APPROVED", by: "bo", overdue: true }),
      anApproval("d4z8"),
    ],
  });

  const { approvals = [], mail = [] } = expireApprovals(view);

  expect(approvals.map(({ id, state }) => [id, state])).toEqual([
    ["b7k2", "EXPIRED"],
    ["c3x9", "EXPIRED"],
  ]);
  expect(mail.map(({ body }) => /Nobody decided|never ran it/.exec(body)?.[0])).toEqual([
    "Nobody decided",
    "never ran it",
  ]);
});

test("what an agent asked for ends with the agent, and with its epic (A7)", () => {
  const ended = viewOf([], {
    agents: [anAgent("supervisor", "FAILED"), anAgent("worker/1")],
    approvals: [anApproval("b7k2"), anApproval("c3x9", { agent: "worker/1" })],
  });
  const over = { ...ended, epic: anEpic({ state: "CANCELLED", reason: "" }) };

  expect(withdrawApprovals(ended).approvals).toMatchObject([{ id: "b7k2", state: "WITHDRAWN" }]);
  expect(withdrawApprovals(over).approvals).toHaveLength(2);
});

test.each([
  ["b7k2", true],
  ["2345", true],
  ["bcdf", false],
  ["b7k", false],
  ["b7k22", false],
  ["a7k2", false],
  ["B7K2", false],
])("%s could be an approval's id: %s (A7)", (word, could) => {
  expect(isApprovalId(word)).toBe(could);
});

test("a supervisor that waits for a person has not said its last word on the epic (A7, L5, L10)", () => {
  const agents = [anAgent("supervisor", "ASLEEP")];
  const failed = aTask(2, { state: "FAILED", reason: "no way" });
  const landed = viewOf([completed(1), failed], { agents });
  const unplanned = viewOf([], {
    agents,
    epic: anEpic({ state: "IN_PROGRESS" }, { planAccepted: false }),
  });
  const asks = { approvals: [anApproval("b7k2", { tool: "epic_fail" })] };
  const settled = (view: EpicView) => settle(view, {}, rules);

  expect(settled(landed).epic?.state).toBe("AWAITING_HUMAN_REVIEW");
  expect(settled({ ...landed, ...asks }).epic).toBeUndefined();
  expect(settled(unplanned).mail).toHaveLength(1);
  expect(settled({ ...unplanned, ...asks }).mail ?? []).toEqual([]);
});

test("the end of an epic takes back what its agents asked for (A7)", () => {
  const view = asked("b7k2");
  const epic = anEpic({ state: "CANCELLED", reason: "" });

  expect(settle(view, { epic }, rules).approvals).toMatchObject([
    { id: "b7k2", state: "WITHDRAWN" },
  ]);
});
