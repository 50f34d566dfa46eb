import { createInterface } from "node:readline/promises";
import type { DemoOptions } from "./options.ts";
import { createPerson } from "./person.ts";
import type { Onlooker, Progress } from "./progress.ts";
import type { RunState, Stage } from "./run-state.ts";
import { renderProgress, type Screen } from "./screen.ts";

const lookEveryMs = 250;
const ended = ["COMPLETED", "FAILED", "CANCELLED"];

type Watch = {
  readonly issue: number;
  readonly options: DemoOptions;
  readonly state: RunState;
  readonly stage: Stage;
  readonly onlooker: Onlooker;
  readonly screen: Screen;
};

export type WatchEnd = {
  readonly progress: Progress;
  /** True when the epic has ended and nothing of it is left to do. */
  readonly isOver: boolean;
  /** Why it was given up; null when it is over. */
  readonly problem: string | null;
};

/** Shows the epic's way, and does what its person does: approve the plan, merge the pull request. */
export async function watchEpic(watch: Watch): Promise<WatchEnd> {
  const { onlooker, screen, issue, options, state } = watch;
  const deadline = performance.now() + options.limitMs;
  const hand = createHand(watch);
  for (;;) {
    const progress = await onlooker.look(issue);
    screen.show(renderProgress(progress, (Date.now() - state.startedAtMs) / 1_000));
    if (ended.includes(progress.state) && progress.unfinished === 0)
      return { progress, isOver: true, problem: null };
    if (performance.now() > deadline)
      return { progress, isOver: false, problem: lateness(watch, progress) };
    await hand(progress);
    await new Promise((resolve) => setTimeout(resolve, lookEveryMs));
  }
}

function lateness({ options }: Watch, progress: Progress): string {
  const tasks = progress.tasks.map((task) => `${task.ordinal} ${task.state}`).join(", ");
  return `Not over after ${options.limitMs / 1_000} s: epic ${progress.state}; tasks ${tasks}; ${progress.unfinished} things unfinished.`;
}

/** Each thing is done once by this run; the product answers a repeated approval with a refusal. */
function createHand({ issue, options, state, stage, screen }: Watch) {
  const person = createPerson(state, stage);
  let approved = false;
  let merged = false;
  return async ({ state: epic, pullRequest, isDraft }: Progress): Promise<void> => {
    if (epic === "NEEDS_PLAN_APPROVAL" && !approved) {
      approved = true;
      await person.comment(issue, "/ff approve");
      screen.say(`${stage.person.login} approved the plan: /ff approve`);
    }
    if (epic === "AWAITING_HUMAN_REVIEW" && pullRequest !== null && !isDraft && !merged) {
      merged = true;
      await waitForKey(options, pullRequest);
      await person.merge(pullRequest);
      screen.say(`${stage.person.login} merged pull request #${pullRequest}.`);
    }
  };
}

async function waitForKey(options: DemoOptions, pullRequest: number): Promise<void> {
  if (!process.stdin.isTTY || !process.stdout.isTTY || options.json) return;
  const terminal = createInterface({ input: process.stdin, output: process.stdout });
  await terminal.question(`Pull request #${pullRequest} is ready. Enter merges it. `);
  terminal.close();
}
