import { expect, test } from "vitest";
import { renderTaskIssue } from "../../src/text/render-issue.ts";
import {
  renderEpicPullRequest,
  renderTaskPullRequest,
} from "../../src/text/render-pull-request.ts";
import { sampleEpic, sampleTask, sampleTasks } from "./sample-epic.ts";
import { whatActs } from "./what-acts.ts";

test("the epic pull request says what was built and what failed, and closes nothing (L10)", () => {
  const body = renderEpicPullRequest(sampleEpic, sampleTasks);

  expect(whatActs(body)).toEqual(["heading"]);
  expect(body).toMatchInlineSnapshot(`
    "Epic #12, from \`ff/epic-12-a-basket-for-the-shop\` to \`main\`: 1 of 3 tasks landed, one merge commit each.

    ### What was built

    **#15** Add the list · #18 · c0ffee1

    > The list is there.
    >
    > \`Fixes\` #15, thanks \`@ada\`.

    ### What did not land

    **#16** Add the form · #19 · \`FAILED\`

    > The API is gone.

    ### Still in work

    **#17** Join list \\| form · \`IN_PROGRESS\`

    It stays a draft until every task has landed or ended."
  `);
});

test("once every task has ended the epic pull request asks for its review (L10)", () => {
  const body = renderEpicPullRequest(sampleEpic, sampleTasks.slice(0, 2));

  expect(body).toContain("Review and merge it like any other");
});

test("a task's pull request shows what was done and how it will land", () => {
  const task = {
    ...sampleTask(1, "Add the list"),
    summary: "Closes #15.",
    acceptance: ["It sorts."],
  };
  const body = renderTaskPullRequest(sampleEpic, task);

  expect(whatActs(body)).toEqual([]);
  expect(body).toMatchInlineSnapshot(`
    "Task #15 of epic #12, towards \`ff/epic-12-a-basket-for-the-shop\`.

    > \`Closes\` #15.

    **Done when**

    - It sorts.

    The supervisor reviews the exact head; once approved it lands by the merge queue, so nobody needs to merge it by hand. A comment here reaches the worker."
  `);
});

test("a sub-issue holds the task, what must hold and what it waits for", () => {
  const task = sampleTask(3, "Join", { state: "PENDING", dependsOn: [1, 2] });
  const full = {
    ...task,
    description: "Join **both**.\n\n- [ ] a box\n- @ada",
    acceptance: ["- [x] One", "/ff two"],
  };
  const body = renderTaskIssue(sampleEpic, full, sampleTasks);

  expect(whatActs(body)).toEqual([]);
  expect(body).toMatchInlineSnapshot(`
    "Join **both**.

    - ☐ a box
    - \`@ada\`

    **Done when**

    - \\- \\[x] One
    - \`/ff\` two

    Blocked by #15 and #16.

    A task of #12. A comment here reaches the worker."
  `);
});

test("a task whose blockers have no number yet names them by their own", () => {
  const blocker = { ...sampleTask(1, "Add the list"), issueNumber: null };
  const task = sampleTask(2, "Join", { state: "PENDING", dependsOn: [1] });

  expect(renderTaskIssue(sampleEpic, task, [blocker, task])).toContain("Blocked by task 1.");
});
