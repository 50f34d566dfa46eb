import { describe, expect, test } from "vitest";
import { type CommandOutcome, dispatch } from "../../src/commands/dispatch.ts";
import { commands } from "../../src/commands/index.ts";
import { parseCommands } from "../../src/commands/parse.ts";
import { epicIn } from "../../src/domain/decision.ts";
import type { Thread } from "../../src/domain/effect.ts";
import type { Epic } from "../../src/domain/epic.ts";
import type { EpicView } from "../../src/domain/epic-view.ts";
import type { Permission } from "../../src/ports/git-hub.ts";
import { renderMessage } from "../../src/text/render-message.ts";
import { anApproval, anyBounds, profilesOf } from "../support/epic-view.ts";
import { sampleEpic, sampleStatus, sampleTasks } from "../text/sample-epic.ts";

const running: EpicView = {
  epic: sampleEpic,
  tasks: sampleTasks,
  agents: [
    {
      key: "supervisor",
      role: "supervisor",
      task: null,
      state: "WAITING",
      life: 1,
      crashes: 0,
      fastCrashes: 0,
      budgetHold: null,
      permissions: "relaxed",
      harness: "runner",
      model: "m",
    },
  ],
  unreadMail: [],
  notices: [],
  approvals: [],
  profileSettings: [],
};
const inState = (epic: Epic): EpicView => ({ ...running, epic });
const paused = inState(epicIn(sampleEpic, { state: "PAUSED", from: "IN_PROGRESS", reason: "" }));
const asked: EpicView = {
  ...inState(epicIn(sampleEpic, { state: "NEEDS_PLAN_APPROVAL" })),
  approvals: [anApproval("b7k2")],
};

const rules = { profiles: profilesOf("sonnet-1", "sonnet-1"), bounds: anyBounds };

type More = {
  readonly permission?: Permission;
  readonly thread?: Thread;
  readonly view?: EpicView;
};

function write(comment: string, more: More = {}): CommandOutcome {
  const { permission = "write", thread = { on: "epic" }, view = running } = more;
  const [written] = parseCommands(comment);
  if (!written) throw new Error(`"${comment}" holds no command`);
  const actor = { id: 7, login: "ada" };
  const said = { actor, permission, thread, profileRules: rules };
  return dispatch(written, { ...said, view, status: sampleStatus });
}

function answer(outcome: CommandOutcome): string {
  return outcome.reply === null ? "" : renderMessage(outcome.reply);
}

const lowest: Readonly<Record<string, Permission>> = {
  help: "triage",
  status: "triage",
  pause: "write",
  resume: "write",
  cancel: "write",
  approve: "write",
  deny: "write",
  task: "write",
  budget: "write",
  stats: "triage",
  model: "write",
  permissions: "write",
  harness: "write",
};
const permissions: readonly Permission[] = ["none", "read", "triage", "write", "maintain", "admin"];
const viewFor: Readonly<Record<string, EpicView>> = {
  resume: paused,
  approve: asked,
  deny: asked,
};

describe("who may run what", () => {
  const matrix = commands.flatMap(({ name, examples }) =>
    permissions.map((permission) => ({ name, permission, example: examples[0] ?? "" })),
  );

  test.each(matrix)(
    "$permission may run $name only from its least permission on (S1, H6)",
    (cell) => {
      const least = lowest[cell.name] ?? expect.fail(`no least permission is written down`);
      const may = permissions.indexOf(cell.permission) >= permissions.indexOf(least);

      const outcome = write(cell.example, { ...cell, view: viewFor[cell.name] ?? running });

      expect(outcome.kind).toBe(may ? "run" : "refused");
    },
  );

  test("a refusal for lack of permission is one short sentence and stores nothing (S1)", () => {
    const outcome = write("/ff cancel", { permission: "read" });

    expect(outcome).toMatchObject({ kind: "refused", refused: "not-permitted" });
    expect(outcome).not.toHaveProperty("decision");
    expect(answer(outcome)).toMatchInlineSnapshot(`
      "\`/ff cancel\` was not done:

      ada has read permission here; this takes write."
    `);
  });

  test("somebody who may see nothing learns of no command by guessing (S1)", () => {
    const outcome = write("/ff cancle", { permission: "none" });

    expect(outcome).toMatchObject({ kind: "refused", refused: "not-permitted" });
    expect(answer(outcome)).not.toContain("cancel`");
  });
});

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

    This command takes no argument. Usage: /ff resume"
  `);
  expect(answer(write(`/ff pause ${"x".repeat(600)}`))).toContain("at most 500 characters");
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

test("/ff budget sets the epic's budget, more of it, a task's by number or by its thread (G5)", () => {
  const set = (comment: string, thread: Thread = { on: "epic" }) => {
    const outcome = write(comment, { thread });
    return outcome.kind === "run" ? outcome.decision.budgets : answer(outcome);
  };
  const by = { id: 7, login: "ada" };

  expect(set("/ff budget $80")).toEqual([{ task: null, amount: 80, by }]);
  expect(set("/ff budget +0.30")).toEqual([{ task: null, amount: 50.3, by }]);
  expect(set("/ff budget 15 #16")).toEqual([{ task: 2, amount: 15, by }]);
  expect(set("/ff budget 15 task 3")).toEqual([{ task: 3, amount: 15, by }]);
  expect(set("/ff budget +5", { on: "task", task: 1 })).toEqual([{ task: 1, amount: 15, by }]);
  expect(answer(write("/ff budget 15 #15"))).toContain("Task #15 may cost $15.00; $2.00 of it is");
});

test.each([
  ["/ff budget", "80 or +20.50. Usage"],
  ["/ff budget much", "80 or +20.50. Usage"],
  ["/ff budget -5", "80 or +20.50. Usage"],
  ["/ff budget 0", "80 or +20.50. Usage"],
  ["/ff budget 1e9", "80 or +20.50. Usage"],
  ["/ff budget 3.20", "$3.20 is spent already"],
  ["/ff budget 201", "at most $200"],
  ["/ff budget +151", "at most $200"],
  ["/ff budget 20 #99", "This epic has no #99"],
])("%s is refused and says what is wrong (G5, H6)", (comment, words) => {
  const outcome = write(comment);

  expect(outcome.kind).toBe("refused");
  expect(answer(outcome)).toContain(words);
});

test("/ff stats shows what was spent, by whom, on which model, and from the cache (G4)", () => {
  const said = answer(write("/ff stats"));

  expect(said).toContain("This epic has spent $3.20 of $50.00, about $9.60 in all.");
  expect(said).toContain(
    "| `worker-15` | `claude-sonnet-5-5` | 1,000 | 100,000 | 1,000 | 80 % | $2.00 |",
  );
  expect(said).toContain("| all |  | 1,234 | 105,678 | 1,500 | 76 % | $3.20 |");
  expect(said).toContain("Prices as of 2026-11-22.");
});
