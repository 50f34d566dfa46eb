import { expect, test } from "vitest";
import { renderMessage } from "../../src/text/render-message.ts";
import { everyOrdinaryMessage } from "./every-message.ts";

test("every kind of message is a short text in plain English (H7)", () => {
  const said = everyOrdinaryMessage("It *works*.").filter(({ kind }) => kind !== "statusReply");

  expect(
    said.map((message) => `--- ${message.kind}\n${renderMessage(message)}`).join("\n"),
  ).toMatchInlineSnapshot(`
    "--- epicStarted
    Work on this epic has started on \`ff/epic-12-a-basket\`, from \`main\`. The supervisor reads the issue and plans its tasks; each becomes a sub-issue.

    A comment here reaches the supervisor. \`/ff status\` shows where things stand, \`/ff pause\` and \`/ff cancel\` stop the work, \`/ff help\` lists the rest.
    --- epicRefused
    This label starts work only when somebody with write permission sets it. Ask someone who has it to take the label off and put it on again.
    --- epicRefused
    This issue says too little to plan from: fewer than 40 characters. Describe what is to be built and how to tell that it is done, then take the label off and put it on again.
    --- planForApproval
    The plan has 1 task and waits for your approval:

    2. It works. (after 1)

    > It *works*.

    \`/ff approve\` starts the work. \`/ff deny <reason>\` sends the plan back to the supervisor.
    --- planForApproval
    The new plan, plan 2 of this epic, has 1 task and waits for your approval:

    2. It works. (after 1)

    > It *works*.

    \`/ff approve\` starts the work. \`/ff deny <reason>\` sends the plan back to the supervisor.
    --- planDenied
    \`ada\` did not approve the plan. The supervisor plans again and asks again.

    > It *works*.
    --- taskProgress
    \`worker-15\` reports:

    > It *works*.
    --- mailToHuman
    \`worker-15\` writes: It works.

    > It *works*.

    A comment here is your answer.
    --- taskSubmitted
    The worker submitted #18 at c0ffee1. The supervisor reviews it next.
    --- reviewVerdict
    \`worker-15\` approved c0ffee1. It lands when its turn in the merge queue comes and the verify command passes.

    > It *works*.
    --- reviewVerdict
    \`worker-15\` asks for changes to c0ffee1. The worker makes them and submits again.

    > It *works*.
    --- reviewVerdict
    \`worker-15\` rejected c0ffee1. It will not land.

    > It *works*.
    --- sentBack
    This conflicts with what has landed on the epic branch, in \`a.ts\` and \`b.ts\`. The worker resolves it and submits again.

    <details><summary>Output</summary>

    \`\`\`
    It *works*.
    \`\`\`

    </details>
    --- sentBack
    Merged with the epic branch, this does not pass the verify command. The worker mends it and submits again.

    <details><summary>Output</summary>

    \`\`\`
    It *works*.
    \`\`\`

    </details>
    --- taskLanded
    Landed on \`ff/epic-12-a-basket\` as c0ffee1.
    --- closedAsLanded
    This landed on \`ff/epic-12-a-basket\` as c0ffee1, but GitHub did not mark it merged. It is closed by hand; nothing is missing.
    --- taskEnded
    This task has failed. The supervisor decides how the epic goes on; a comment on the epic's issue reaches it.

    > It *works*.
    --- taskEnded
    This task is cancelled.

    > It *works*.
    --- epicQueued
    This epic waits for its turn: place 2 of 3. 5 epics may be at work at once, and so many are.

    It starts by itself; the status comment shows its place. \`/ff cancel\` takes it out of the line.
    --- epicQueued
    This epic waits for its turn: place 1 of 1. 10 epics may wait for review before another starts, and so many do. Reviewing one makes room.

    It starts by itself; the status comment shows its place. \`/ff cancel\` takes it out of the line.
    --- hostLimit
    No further agent starts for now: It works.. Those that run go on, the others start in order when there is room.

    Whoever operates FactoryFactory sets the limit by \`MEMORY_BUDGET_BYTES\`. The status comment shows who waits at which place.
    --- hostLimit
    No further agent starts for now: It works.. Those that run go on, the others start in order when there is room.

    Whoever operates FactoryFactory has to free space on that machine, or lowers \`MIN_DISK_FREE_BYTES\`. The status comment shows who waits at which place.
    --- hostLimit
    No further agent starts for now: It works.. Those that run go on, the others start in order when there is room.

    Whoever operates FactoryFactory sets the limit by \`MAX_SESSIONS\`. The status comment shows who waits at which place.
    --- questions
    \`worker-15\` has 2 questions about task #16, which waits for the answer:

    > It *works*.

    1. It works.
    2. It works.

    A comment here is your answer: one is enough, by number if you like. The work goes on with it.
    --- questions
    \`worker-15\` has 1 question:

    1. It works.

    A comment here is your answer: one is enough, by number if you like. The work goes on with it.
    --- planMissing
    The supervisor planned no task for this epic, though it was asked again. Nothing happens until you say how to go on.

    A comment here reaches it: say what is to be built, or answer what it may have asked. \`/ff task <title>\` adds a task of yours. \`/ff cancel\` ends the epic.
    --- planMissing
    The supervisor planned 2 tasks and did not say that the plan is done, though it was asked again. Nothing happens until you say how to go on.

    A comment here reaches it: say what is to be built, or answer what it may have asked. \`/ff task <title>\` adds a task of yours. \`/ff cancel\` ends the epic.
    --- epicStuck
    Nothing moves any more: 1 task can never start, because what had to come first did not land.

    2. #16 It works. (after 1)

    A comment here tells the supervisor what to do instead. \`/ff cancel\` ends the epic.
    --- epicReady
    The work on this epic is done: 2 tasks landed, 1 task did not.

    Please review the epic's pull request. Merging it completes the epic; closing it unmerged cancels the epic.
    --- epicEnded
    This epic has failed. 1 of 1 task landed.

    > It *works*.

    - #15 It works.: \`COMPLETED\`, pull request #18 and commit c0ffee1

    Nothing runs for it any more. To try again, correct the issue, take the label off and put it on again.
    --- commandReply
    \`/ff pause\` was not done:

    It *works*.
    --- statsReply
    This epic has spent $3.20 of $50.00, about $9.60 in all. The installation has spent $12.50 of $100.00 today.

    | Agent | Model | Calls | Tokens in | Tokens out | From cache | Cost |
    | - | - | -: | -: | -: | -: | -: |
    | \`It *works*.\` | \`claude-sonnet-5-5\` | 1,000 | 100,000 | 1,000 | 80 % | $2.00 |
    | \`It *works*.\` | \`claude-opus-5-5\` | 234 | 5,678 | 500 | 0 % | $1.20 |
    | all |  | 1,234 | 105,678 | 1,500 | 76 % | $3.20 |

    Prices as of 2026-11-22.
    --- budgetNears
    80 % of the budget of this attempt of \`worker-15\` is spent: $8.00 of $10.00.

    When it is spent, its agents rest. \`/ff budget <dollars> #15\` sets what it may cost in all, and begins another attempt.
    --- budgetSpent
    105 % of the budget of this attempt of \`worker-15\` is spent: $10.50 of $10.00. \`worker-15\` makes no more model calls and rests.

    \`/ff budget <dollars> #15\` sets what it may cost in all, and begins another attempt.
    --- budgetNears
    80 % of the budget of task #15 is spent: $8.00 of $10.00.

    When it is spent, its agents rest. \`/ff budget <dollars> #15\` raises it, \`/ff budget 20 #15\` doubles it.
    --- budgetSpent
    105 % of the budget of task #15 is spent: $10.50 of $10.00. \`worker-15\` makes no more model calls and rests.

    \`/ff budget <dollars> #15\` raises it, \`/ff budget 20 #15\` doubles it.
    --- budgetNears
    80 % of the budget of this epic is spent: $8.00 of $10.00.

    When it is spent, its agents rest. \`/ff budget <dollars>\` raises it, \`/ff budget 20\` doubles it.
    --- budgetSpent
    105 % of the budget of this epic is spent: $10.50 of $10.00. \`worker-15\` makes no more model calls and rests.

    \`/ff budget <dollars>\` raises it, \`/ff budget 20\` doubles it.
    --- budgetNears
    80 % of the budget of this installation for today is spent: $8.00 of $10.00.

    When it is spent, its agents rest. Work goes on by itself at midnight UTC. Whoever operates FactoryFactory can raise the day's budget (\`DAY_BUDGET_USD\`).
    --- budgetSpent
    105 % of the budget of this installation for today is spent: $10.50 of $10.00. \`worker-15\` makes no more model calls and rests.

    Work goes on by itself at midnight UTC. Whoever operates FactoryFactory can raise the day's budget (\`DAY_BUDGET_USD\`).
    --- budgetDayTurned
    A new day, a new budget: the agents that rested go on.
    --- helpReply
    Commands stand at the start of a line, several in a comment if you like:

    - \`/ff help\`: Lists the commands."
  `);
});
