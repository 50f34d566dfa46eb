import { expect, test } from "vitest";
import { addDependency, createTask } from "../../src/domain/decide-plan.ts";
import { cancelTask, giveUpTask } from "../../src/domain/decide-task.ts";
import { waitingInVain } from "../../src/domain/waiting-in-vain.ts";
import { aTask, completed, decisionOf, planned, refusalOf, viewOf } from "../support/epic-view.ts";

const failed = aTask(1, { state: "FAILED", reason: "No way." });
const cancelled = aTask(2, { state: "CANCELLED", reason: "Not wanted." });
const request = { title: "Add prices", description: "", acceptance: [], insist: null };

test("nothing may depend on a task that did not land (L4)", () => {
  const view = viewOf([failed, cancelled, completed(3), planned(4)]);
  const create = (dependsOn: number) =>
    refusalOf(createTask(view, { ...request, dependsOn: [dependsOn] }));
  const add = (dependsOn: number) => refusalOf(addDependency(view, { task: 4, dependsOn }));

  expect([1, 2, 3].map(create)).toEqual(["never-lands", "never-lands", null]);
  expect([1, 2, 3].map(add)).toEqual(["never-lands", "never-lands", null]);
});

test("what waits for a task that did not land waits in vain, and so does what waits for that (L10)", () => {
  const tasks = [
    failed,
    planned(2, { dependsOn: [3] }),
    planned(3, { dependsOn: [1] }),
    planned(4),
  ];

  expect(waitingInVain(tasks).map(({ ordinal }) => ordinal)).toEqual([2, 3]);
  expect(waitingInVain([completed(1), planned(2, { dependsOn: [1] })])).toEqual([]);
});

test("when a task ends its supervisor learns which others can never start (L10)", () => {
  const waiting = [planned(2, { dependsOn: [1] }), planned(3, { dependsOn: [2] }), planned(4)];
  const view = viewOf([aTask(1, { state: "IN_PROGRESS" }), ...waiting]);

  for (const ended of [giveUpTask(view, 1, "No way."), cancelTask(view, 1, "Not wanted.")]) {
    const body = decisionOf(ended).mail?.[0]?.body ?? "";
    expect(body.match(/- task \d/g)).toEqual(["- task 2", "- task 3"]);
    expect(body).toContain("epic_cancel_task");
  }
  expect(decisionOf(cancelTask(view, 4, "")).mail?.[0]?.body).not.toContain("never start");
});
