import { z } from "zod";
import { raiseBudget } from "../domain/decide-budget.ts";
import type { EpicSpending } from "../domain/epic-status.ts";
import { isRefusal, type Refusal } from "../domain/refusal.ts";
import type { Task } from "../domain/task.ts";
import { type CommandContext, type CommandResult, defineCommand } from "./define-command.ts";
import { everyThread } from "./surfaces.ts";
import { taskNamed } from "./task-named.ts";

const shape = /^(\+)?\$?(\d{1,6}(?:\.\d{1,2})?)(?:\s+(#\d{1,9}|task \d{1,4}))?$/;

type Written = {
  /** On top of the present budget. */
  readonly isMore: boolean;
  readonly dollars: number;
  /** As it was written; null where the thread says it. */
  readonly target: string | null;
};

/** `80`, `$80`, `+20`, each with `#15` or `task 2` behind it where one task is meant. */
const written = z.string().transform((text, context): Written => {
  const [, plus, amount, target = null] = shape.exec(text.replace(/\s+/g, " ")) ?? [];
  const dollars = Number(amount);
  if (dollars > 0) return { isMore: plus !== undefined, dollars, target };
  const message =
    dollars === 0
      ? "A budget is more than $0. To stop all spending, `/ff pause` holds the epic"
      : "The amount is dollars above 0 with at most two decimals: 80 sets the budget, +20.50 adds to it";
  context.addIssue({ code: "custom", message });
  return z.NEVER;
});

export const budget = defineCommand({
  name: "budget",
  usage: "/ff budget <dollars> [#task or task N]",
  summary: "Sets what the epic or one task may cost; whom the old budget held goes on.",
  needs: "operator",
  where: everyThread,
  examples: ["/ff budget 80", "/ff budget +20.50", "/ff budget 15 task 3"],
  args: written,
  decide,
});

function decide(asked: Written, context: CommandContext): CommandResult | Refusal {
  const { view, status, actor: by } = context;
  const task = taskOf(asked.target, context);
  if (task !== null && isRefusal(task)) return task;
  const { spent, budget: before } = standingOf(status.spending, task);
  // Cents stay cents: 0.1 + 0.2 is no budget.
  const amount = Math.round((asked.dollars + (asked.isMore ? before : 0)) * 100) / 100;
  const raise = { by, task: task?.ordinal ?? null, amount, spent, most: status.spending.most };
  const decision = raiseBudget(view, raise);
  if (isRefusal(decision)) return decision;
  const number = task?.issueNumber;
  const whose = task === null ? "The epic" : number ? `Task #${number}` : `Task ${task.ordinal}`;
  const bodyText = `${whose} may cost $${amount.toFixed(2)}; $${spent.toFixed(2)} of it is spent.`;
  return { decision, reply: { kind: "commandReply", command: "budget", bodyText, ok: true } };
}

/** In a task's thread its budget is meant, unless another is named; null: the whole epic's. */
function taskOf(target: string | null, { view, thread }: CommandContext): Task | Refusal | null {
  if (target !== null) return taskNamed(target, view);
  return "task" in thread ? taskNamed(`task ${thread.task}`, view) : null;
}

function standingOf(spending: EpicSpending, task: Task | null) {
  if (task === null) return spending;
  return spending.tasks.find((one) => one.task === task.ordinal) ?? { spent: 0, budget: 0 };
}
