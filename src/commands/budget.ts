import { z } from "zod";
import { raiseBudget } from "../domain/decide-budget.ts";
import type { EpicView } from "../domain/epic-view.ts";
import type { EpicSpending } from "../domain/message.ts";
import { isRefusal, type Refusal } from "../domain/refusal.ts";
import { type CommandContext, type CommandResult, defineCommand } from "./define-command.ts";
import { epicThreads } from "./surfaces.ts";

const written = /^(\+)?\$?(\d{1,6}(?:\.\d{1,2})?)(?:\s+#(\d{1,9}))?$/;
const smallest = 0.01;

/** `80`, `$80`, `+20`, each with `#15` behind it where one task is meant. */
const amount = z.string().transform((text, context) => {
  const [, plus, dollars, issue] = written.exec(text) ?? [];
  const value = Number(dollars);
  if (dollars !== undefined && value >= smallest)
    return { isMore: plus !== undefined, dollars: value, issue: issue ? Number(issue) : null };
  context.addIssue({ code: "custom", message: "The amount is a number of dollars, 80 or +20.50" });
  return z.NEVER;
});

type Wanted = z.output<typeof amount>;

export const budget = defineCommand({
  name: "budget",
  usage: "/ff budget <dollars> [#task]",
  summary: "Sets what the epic or one task may cost; whom the old budget held goes on.",
  needs: "operator",
  where: epicThreads,
  examples: ["/ff budget 80", "/ff budget +20", "/ff budget 15 #31"],
  args: amount,
  decide,
});

function decide(wanted: Wanted, { view, status, actor }: CommandContext): CommandResult | Refusal {
  const { spending } = status;
  const task = ordinalOf(view, wanted.issue);
  if (task === undefined)
    return { refused: "no-such-task", detail: `This epic has no task #${wanted.issue}.` };
  const before = standingOf(spending, task);
  const amount = wanted.isMore ? before.budget + wanted.dollars : wanted.dollars;
  const { spent } = before;
  const decision = raiseBudget(view, { by: actor, task, amount, spent, most: spending.most });
  if (isRefusal(decision)) return decision;
  const whose = wanted.issue === null ? "The epic" : `Task #${wanted.issue}`;
  const bodyText = `${whose} may cost $${amount.toFixed(2)}; $${spent.toFixed(2)} of it is spent.`;
  return { decision, reply: { kind: "commandReply", command: "budget", bodyText, ok: true } };
}

/** null: the whole epic; undefined: there is no task with such a sub-issue. */
function ordinalOf({ tasks }: EpicView, issue: number | null): number | null | undefined {
  return issue === null ? null : tasks.find(({ issueNumber }) => issueNumber === issue)?.ordinal;
}

function standingOf(spending: EpicSpending, task: number | null) {
  if (task === null) return { spent: spending.spent, budget: spending.budget };
  return (
    spending.tasks.find((one) => one.task === task) ?? { spent: 0, budget: spending.taskBudget }
  );
}
