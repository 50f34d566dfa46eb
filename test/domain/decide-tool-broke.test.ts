import { expect, test } from "vitest";
import { effectRefused } from "../../src/domain/decide-effect.ts";
import {
  operationNotAccepted,
  toolBroke,
  toolKeepsFailing,
} from "../../src/domain/decide-tool-broke.ts";
import { applied } from "../../src/domain/decision.ts";
import { defaultRestartRules } from "../../src/domain/restarts.ts";
import { aTask, effectsOf, planned, viewOf } from "../support/epic-view.ts";

const view = viewOf([aTask(1, { state: "IN_PROGRESS" })]);
const broken = { agent: "worker/1", tool: "task_submit", cause: "c1", id: "log-7" } as const;

test("a tool that throws is told to the human with the id of its log, once per cause (A4, H9c)", () => {
  const told = toolBroke(view, broken);
  const after = applied(view, told);

  expect(told.effects).toMatchObject([
    {
      kind: "say",
      thread: { on: "epic" },
      message: { kind: "toolBroke", agent: "worker-13", tool: "task_submit", id: "log-7" },
    },
  ]);
  expect(toolBroke(after, { ...broken, id: "log-8" })).toEqual({});
  expect(effectsOf(toolBroke(after, { ...broken, cause: "c2" }))).toEqual(["say"]);
});

test("what git does not accept of a worker reaches its supervisor, once per tool (A4)", () => {
  const failure = { task: 1, tool: "git_rebase", reason: "the pack is broken" };
  const told = operationNotAccepted(view, failure);

  expect(told.mail).toMatchObject([
    { to: "supervisor", body: expect.stringContaining("the pack is broken") },
  ]);
  expect(operationNotAccepted(applied(view, told), failure)).toEqual({});
});

test.each([
  ["worker/1", ["supervisor"], []],
  ["supervisor", [], ["say"]],
] as const)(
  "a host operation of %s that failed for good is told to who can help (A4)",
  (agent, mail, effects) => {
    const effect = { kind: "hostOperation", agent, callId: "c" } as const;
    const refused = { effect, reason: "no disk", id: "e1", restarts: defaultRestartRules };
    const decision = effectRefused(view, refused);

    expect((decision.mail ?? []).map(({ to }) => to)).toEqual(mail);
    expect(effectsOf(decision)).toEqual(effects);
  },
);

test("a mistake of ours at a worker's host is the human's to know, too (A4)", () => {
  const effect = { kind: "hostOperation", agent: "worker/1", callId: "c" } as const;
  const how = { reason: "broken", id: "e1", restarts: defaultRestartRules, isBug: true };
  const decision = effectRefused(view, { effect, ...how });

  expect(decision.mail).toHaveLength(1);
  expect(decision.effects).toMatchObject([{ message: { kind: "effectFailed", id: "e1" } }]);
});

test("a step that is refused again and again is told to who can help, once for each tool (A4)", () => {
  const stuck = { tool: "task_submit", times: 5, detail: "Nothing is committed." };
  const worker = toolKeepsFailing(view, { ...stuck, agent: "worker/1" });
  const supervisor = toolKeepsFailing(view, { ...stuck, agent: "supervisor" });

  expect(worker.mail).toMatchObject([
    { to: "supervisor", body: expect.stringContaining("Nothing is committed.") },
  ]);
  expect(worker.effects ?? []).toEqual([]);
  expect(supervisor.effects).toMatchObject([{ message: { kind: "toolRefused", times: 5 } }]);
  const again = { ...stuck, agent: "worker/1" } as const;
  expect(toolKeepsFailing(applied(view, worker), again)).toEqual({});
});

test("a task whose sub-issue cannot be made fails, and the human is told why (A4, Q6)", () => {
  const unmade = viewOf([planned(1, { issueNumber: null, issueId: null })]);
  const effect = { kind: "createTaskIssue", task: 1 } as const;
  const refused = { effect, reason: "issues are off", id: "e1", restarts: defaultRestartRules };
  const decision = effectRefused(unmade, refused);

  expect(decision.tasks).toMatchObject([{ state: "FAILED" }]);
  expect(decision.effects).toContainEqual(
    expect.objectContaining({ message: expect.objectContaining({ kind: "effectFailed" }) }),
  );
});
