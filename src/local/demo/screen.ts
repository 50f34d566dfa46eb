import type { Progress, TaskProgress } from "./progress.ts";

const barWidth = 30;
/** Of a task's whole way, how much is done in each state. */
const share: Readonly<Record<string, number>> = {
  PENDING: 0,
  IN_PROGRESS: 0.3,
  CHANGES_REQUESTED: 0.4,
  NEEDS_REBASE: 0.4,
  PENDING_REVIEW: 0.6,
  APPROVED: 0.8,
  PUBLISHING: 0.9,
  COMPLETED: 1,
  FAILED: 1,
  CANCELLED: 1,
};

/** The progress as lines of text: a bar, and a table of tasks. */
export function renderProgress(progress: Progress, seconds: number): readonly string[] {
  return [
    `${bar(progress)}  epic ${progress.state}  ${seconds.toFixed(0)} s`,
    ...progress.tasks.map(taskLine),
  ];
}

function bar({ tasks, state }: Progress): string {
  const done = tasks.reduce((sum, task) => sum + (share[task.state] ?? 0), 0);
  const part = state === "COMPLETED" ? 1 : tasks.length === 0 ? 0 : (done / tasks.length) * 0.95;
  const filled = Math.round(part * barWidth);
  return `[${"█".repeat(filled)}${"·".repeat(barWidth - filled)}] ${String(Math.round(part * 100)).padStart(3)} %`;
}

function taskLine(task: TaskProgress): string {
  const agent = task.agent === null ? "" : `${task.agent} (${task.agentState})`;
  const pull = task.pullRequest === null ? "" : `pull request #${task.pullRequest}`;
  const issue = task.issue === null ? "" : `#${task.issue}`;
  return [
    `  ${issue.padStart(4)}`,
    task.title.slice(0, 28).padEnd(28),
    task.state.padEnd(17),
    agent.padEnd(24),
    pull,
  ]
    .join("  ")
    .trimEnd();
}

export type Screen = {
  readonly say: (line: string) => void;
  readonly show: (lines: readonly string[]) => void;
};

/** On a terminal the table is drawn in place; elsewhere only what changed is printed. */
export function createScreen(out: NodeJS.WriteStream): Screen {
  let drawn = 0;
  let last = "";
  return {
    say: (line) => {
      drawn = 0;
      out.write(`${line}\n`);
    },
    show: (lines) => {
      const text = lines.join("\n");
      // The first line's seconds run on; they alone are no news.
      const news = text.replace(/ {2}\d+ s$/m, "");
      if (!out.isTTY && news === last) return;
      last = news;
      if (out.isTTY && drawn > 0) out.write(`\x1b[${drawn}A\x1b[J`);
      out.write(`${text}\n`);
      drawn = lines.length;
    },
  };
}
