import { expect, test } from "vitest";
import { editTask } from "../../src/domain/decide-edit.ts";
import { addDependency } from "../../src/domain/decide-plan.ts";
import { cancelTask } from "../../src/domain/decide-task.ts";
import {
  anAgent,
  anEpic,
  aTask,
  completed,
  decisionOf,
  effectsOf,
  planned,
  refusalOf,
  viewOf,
} from "../support/epic-view.ts";

const none = { title: null, description: null, acceptance: null };
const supervisor = { kind: "agent", agent: "supervisor" } as const;
const working = viewOf([
  aTask(1, { state: "IN_PROGRESS" }, { description: "Greet.\nIn any language.\nPolitely." }),
]);

test("an edited task's worker gets the difference, its sub-issue the new text (L6)", () => {
  const edit = { ...none, description: "Greet.\nIn English.\nPolitely." };
  const decision = decisionOf(editTask(working, 1, edit, supervisor));

  expect(decision.tasks).toMatchObject([{ description: edit.description, title: "Title 1" }]);
  expect(effectsOf(decision)).toEqual(["editTaskIssue"]);
  expect(decision.mail).toMatchObject([{ to: "worker/1", from: supervisor }]);
  expect(decision.mail?.[0]?.body).toMatchInlineSnapshot(`
    "What changed ("- " went, "+ " came):

    Description:
    - In any language.
    + In English.

    task_status shows the whole text."
  `);
});

test("title and criteria are told as well, and a text that stays is not (L6)", () => {
  const edit = { ...none, title: "Greet all", acceptance: ["It works.", "It is tested."] };
  const body = decisionOf(editTask(working, 1, edit, supervisor)).mail?.[0]?.body;

  expect(body).toContain("Title:\n- Title 1\n+ Greet all");
  expect(body).toContain("Done when:\n+ It is tested.");
  expect(body).not.toContain("Description:");
});

test("a task nobody works on yet is edited without mail or an issue it does not have (L6)", () => {
  const view = viewOf([planned(1, { issueAsked: false, issueNumber: null, issueId: null })]);
  const decision = decisionOf(editTask(view, 1, { ...none, title: "Other" }, supervisor));

  expect(decision).toMatchObject({ mail: [], effects: [], tasks: [{ title: "Other" }] });
});

test("an edit that changes nothing, or comes too late, is refused (L6)", () => {
  const late = viewOf([aTask(1, { state: "PENDING_REVIEW" }), completed(2)], {
    agents: [anAgent("supervisor")],
  });

  expect(refusalOf(editTask(working, 1, { ...none, title: "Title 1" }, supervisor))).toBe(
    "unchanged",
  );
  expect(refusalOf(editTask(late, 1, { ...none, title: "x" }, supervisor))).toBe("wrong-state");
  expect(refusalOf(editTask(late, 2, { ...none, title: "x" }, supervisor))).toBe("wrong-state");
  expect(refusalOf(editTask(late, 9, { ...none, title: "x" }, supervisor))).toBe("no-such-task");
});

test("a plan that waits for a person's approval stays as they were shown it, paused or not (L4, L6)", () => {
  const waiting = { planAccepted: false } as const;
  const epics = [
    anEpic({ state: "NEEDS_PLAN_APPROVAL" }, waiting),
    anEpic({ state: "PAUSED", from: "NEEDS_PLAN_APPROVAL", reason: "Lunch" }, waiting),
  ];
  for (const epic of epics) {
    const view = viewOf([planned(1), planned(2)], { epic });
    const changes = [
      editTask(view, 1, { ...none, title: "Delete the audit log" }, supervisor),
      addDependency(view, { task: 2, dependsOn: 1 }),
      cancelTask(view, 2, "Not needed"),
    ];

    for (const change of changes)
      expect(change).toMatchObject({
        refused: "plan-shown",
        detail: expect.stringContaining("/ff deny brings it back"),
      });
  }
});
