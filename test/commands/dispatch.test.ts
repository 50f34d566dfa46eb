import { expect, test } from "vitest";
import { commands } from "../../src/commands/index.ts";
import { parseCommands } from "../../src/commands/parse.ts";
import type { Thread } from "../../src/domain/effect.ts";
import { answer, asked, paused, running, viewFor, write } from "./support/written.ts";

test("pause stores the paused epic, resume the one it was (H6)", () => {
  expect(write("/ff pause until Monday")).toMatchObject({
    kind: "run",
    decision: { epic: { state: "PAUSED", from: "IN_PROGRESS", reason: "until Monday" } },
    reply: null,
  });
  expect(write("/ff resume", { view: paused })).toMatchObject({
    kind: "run",
    decision: { epic: { state: "IN_PROGRESS" } },
  });
});

test("cancel ends the epic with its reason (H6)", () => {
  expect(write("/ff cancel not needed")).toMatchObject({
    kind: "run",
    decision: { epic: { state: "CANCELLED", reason: "not needed" } },
  });
});

test("approve accepts the plan, deny sends it back with the reason (H6)", () => {
  expect(write("/ff approve", { view: asked })).toMatchObject({
    decision: { epic: { state: "IN_PROGRESS", planAccepted: true } },
  });
  expect(write("/ff deny split task 2", { view: asked })).toMatchObject({
    decision: { mail: [{ to: "supervisor", body: "split task 2" }] },
  });
});

test("what does not fit the epic's state is refused with the state (H6)", () => {
  const outcome = write("/ff approve");

  expect(outcome).toMatchObject({ kind: "refused", refused: "nothing-waits" });
  expect(answer(outcome)).toContain("IN_PROGRESS");
});

test("status shows the epic, help every command with its usage (H6)", () => {
  expect(answer(write("/ff status"))).toContain("1 of 3 tasks landed");
  expect(answer(write("/ff help"))).toMatchInlineSnapshot(`
    "Commands stand at the start of a line, several in a comment if you like:

    - \`/ff help\`: Lists the commands.
    - \`/ff status\`: Shows the epic's state, tasks, agents and what waits for you.
    - \`/ff stats\`: Shows what the epic's model calls cost, by agent and model, and its budgets.
    - \`/ff pause [reason]\`: Stops the epic's agents until \`/ff resume\`; nothing is lost.
    - \`/ff resume\`: Goes on with a paused epic where it stopped.
    - \`/ff cancel [reason]\`: Ends the epic: agents stop, open task pull requests and sub-issues close.
    - \`/ff approve [id]\`: Approves the plan that waits, or an agent's call by its id, so that it may run.
    - \`/ff deny [id] [reason]\`: Sends the plan that waits back, or refuses an agent's call by its id, with your reason.
    - \`/ff task <title>\`: Adds a task to the epic, by its title; the supervisor writes it out.
    - \`/ff budget <dollars> [#task or task N]\`: Sets what the epic or one task may cost; whom the old budget held goes on.
    - \`/ff model <role> <model or default> [#task or task N or --repository]\`: Sets the model of a role's agents, for the epic, a task or the repository.
    - \`/ff permissions <role> <mode or default> [#task or task N or --repository]\`: Sets whether a role's agents wait for your approval of sensitive calls (strict) or not (relaxed, yolo).
    - \`/ff harness <role> <harness or default> [#task or task N or --repository]\`: Sets the program that lives a role's lives: runner or claude-code."
  `);
});

test("commands about the epic are refused in a task's thread, help and status are not (H6)", () => {
  const thread: Thread = { on: "taskPullRequest", task: 1 };

  expect(write("/ff cancel", { thread: { on: "task", task: 1 } })).toMatchObject({
    refused: "wrong-place",
    reply: { bodyText: expect.stringMatching(/on its issue, #\d+, or/) },
  });
  expect(write("/ff status", { thread })).toMatchObject({ kind: "run" });
});

test.each([
  ["/ff cancle", "cancel"],
  ["/ff statu", "status"],
  ["/ff aprove", "approve"],
  ["/ff puase", "pause"],
  ["/ff frobnicate", null],
  ["/ff constructor", null],
  [`/ff ${"x".repeat(5_000)}`, null],
])("%s is answered with the nearest command, if one is near (H6)", (comment, nearest) => {
  const outcome = write(comment);

  expect(outcome).toMatchObject({ kind: "unknown", nearest });
  expect(answer(outcome)).toContain(nearest === null ? "`/ff help`" : `\`/ff ${nearest}`);
});

test("an argument that does not fit is answered with the usage (H6)", () => {
  expect(answer(write("/ff resume now"))).toMatchInlineSnapshot(`
    "\`/ff resume\` was not done:

    This command takes no argument. Usage: \`/ff resume\`"
  `);
  expect(answer(write(`/ff pause ${"x".repeat(600)}`))).toContain("at most 500 characters");
  expect(answer(write("/ff budget much"))).toContain("/ff budget <");
});

test("every command has an example that runs as that command (H6)", () => {
  for (const { name, examples, usage, summary } of commands) {
    expect(usage.startsWith(`/ff ${name}`)).toBe(true);
    expect(summary).toMatch(/^[A-Z].*\.$/);
    expect(examples.length).toBeGreaterThan(0);
    for (const example of examples) {
      expect(write(example, { view: viewFor[name] ?? running })).toMatchObject({
        kind: "run",
        command: name,
      });
    }
  }
});

test("no answer of ours is a command itself (S2a)", () => {
  const comments = ["/ff help", "/ff status", "/ff x", "/ff resume", "/ff cancle me"];

  for (const comment of comments) expect(parseCommands(answer(write(comment)))).toEqual([]);
});
