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
  /** Where the scripted model could not go on; null while it can. */
  readonly scriptFailure: () => Promise<string | null>;
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
  try {
    for (;;) {
      const progress = await onlooker.look(issue);
      const isOver = ended.includes(progress.state) && progress.unfinished === 0;
      if (!hand.isAsking() || isOver)
        screen.show(renderProgress(progress, (Date.now() - state.startedAtMs) / 1_000));
      if (isOver) return { progress, isOver, problem: null };
      const problem = await watch.scriptFailure();
      if (problem !== null) return { progress, isOver, problem };
      if (performance.now() > deadline)
        return { progress, isOver, problem: lateness(watch, progress) };
      await hand.act(progress);
      await pause();
    }
  } finally {
    hand.drop();
  }
}

function pause(): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, lookEveryMs));
}

function lateness({ options }: Watch, progress: Progress): string {
  const tasks = progress.tasks.map((task) => `${task.ordinal} ${task.state}`).join(", ");
  return `Not over after ${options.limitMs / 1_000} s: epic ${progress.state}; tasks ${tasks}; ${progress.unfinished} things unfinished.`;
}

/** Each thing is done once by this run; the product answers a repeated approval with a refusal. */
function createHand({ issue, options, state, stage, screen }: Watch) {
  const person = createPerson(state, stage);
  const dropped = new AbortController();
  let approved = false;
  let merging = false;
  let trouble: unknown = null;
  let asking = false;
  const approve = async () => {
    approved = true;
    await person.comment(issue, "/ff approve");
    screen.say(`${stage.person.login} approved the plan: /ff approve`);
  };
  const merge = async (pullRequest: number) => {
    asking = true;
    const pressed = await keyWasPressed(options, pullRequest, dropped.signal);
    asking = false;
    if (!pressed) return;
    await person.merge(pullRequest);
    screen.say(`${stage.person.login} merged pull request #${pullRequest}.`);
  };
  return {
    isAsking: () => asking,
    /** Lets go of the keyboard: the epic went on without it. */
    drop: () => dropped.abort(),
    act: async ({ state: epic, planIsShown, pullRequest, isDraft }: Progress): Promise<void> => {
      if (epic === "NEEDS_PLAN_APPROVAL" && planIsShown && !approved) await approve();
      const isReady = epic === "AWAITING_HUMAN_REVIEW" && pullRequest !== null && !isDraft;
      if (isReady && !merging) {
        merging = true;
        // Not waited for: the epic is watched while a key is. What goes wrong comes up at the next look.
        merge(pullRequest).catch((error: unknown) => {
          trouble = error;
        });
      }
      if (trouble !== null) throw trouble;
    },
  };
}

/** @returns false when nobody shall be asked any more */
async function keyWasPressed(
  options: DemoOptions,
  pullRequest: number,
  signal: AbortSignal,
): Promise<boolean> {
  if (!process.stdin.isTTY || !process.stdout.isTTY || options.json) return true;
  const terminal = createInterface({ input: process.stdin, output: process.stdout });
  // The terminal's own way would be an exception: Ctrl-C ends the demo as anywhere else.
  terminal.once("SIGINT", () => process.kill(process.pid, "SIGINT"));
  try {
    const question = `Pull request #${pullRequest} is ready. Enter merges it. `;
    await terminal.question(question, { signal });
    return true;
  } catch (error) {
    if (signal.aborted) return false;
    throw error;
  } finally {
    terminal.close();
  }
}
