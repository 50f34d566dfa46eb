import type { BudgetLevel } from "../domain/budget.ts";
import type { EpicSpending, SpendingShare } from "../domain/epic-status.ts";
import type { BudgetMessage, Message } from "../domain/message.ts";
import { neutraliseInline } from "./neutralise-inline.ts";
import { blocks, code, numbered } from "./parts.ts";

type Of<Kind extends Message["kind"]> = Extract<Message, { kind: Kind }>;

const maxSharesShown = 50;

/** "$0.42", "$1,234.00". */
function dollars(amount: number): string {
  const cents = { minimumFractionDigits: 2, maximumFractionDigits: 2 };
  return `$${amount.toLocaleString("en", cents)}`;
}

export function sayBudget(message: BudgetMessage): string {
  const { kind, spent, limit, agent } = message;
  const share = Math.floor((spent / limit) * 100);
  const stands = `${share} % of the budget of ${subjectOf(message)} is spent: ${dollars(spent)} of ${dollars(limit)}.`;
  if (kind === "budgetNears")
    return blocks([stands, `When it is spent, its agents rest. ${answerTo(message)}`]);
  return blocks([
    `${stands} ${code(agent)} makes no more model calls and rests.`,
    answerTo(message),
  ]);
}

function subjectOf({ level, agent, taskIssue }: BudgetMessage): string {
  const names: Readonly<Record<BudgetLevel, string>> = {
    attempt: `this attempt of ${code(agent)}`,
    task: taskIssue === null ? "a task" : `task ${numbered(taskIssue)}`,
    epic: "this epic",
    day: "this installation for today",
  };
  return names[level];
}

function answerTo({ level, limit, taskIssue }: BudgetMessage): string {
  if (level === "day")
    return "Work goes on by itself at midnight UTC. Whoever operates FactoryFactory can raise the day's budget (`DAY_BUDGET_USD`).";
  const whose = (level === "task" || level === "attempt") && taskIssue !== null;
  const task = whose ? ` ${numbered(taskIssue)}` : "";
  if (level === "attempt")
    return `\`/ff budget <dollars>${task}\` sets what it may cost in all, and begins another attempt.`;
  return `\`/ff budget <dollars>${task}\` raises it, \`/ff budget ${Number((limit * 2).toFixed(2))}${task}\` doubles it.`;
}

export function sayBudgetDayTurned(): string {
  return "A new day, a new budget: the agents that rested go on.";
}

export function sayTroubleBegan({ since, reasonText }: Of<"modelTroubleBegan">): string {
  return `The model provider has not answered since ${minute(since)} (${neutraliseInline(reasonText)}). No agent is started until it does. Work goes on by itself then, nothing is lost, and no task fails for it.`;
}

export function sayTroubleEnded({ since, until }: Of<"modelTroubleEnded">): string {
  return `The model provider answers again. It did not from ${minute(since)} to ${minute(until)}. Work goes on.`;
}

/** ISO 8601 to the minute, in UTC. */
function minute(instant: string): string {
  return `${instant.slice(0, 16).replace("T", " ")} UTC`;
}

export function sayStats({ spending }: Of<"statsReply">): string {
  const { spent, budget, today, shares, pricesAsOf } = spending;
  const shown = shares.slice(0, maxSharesShown);
  return blocks([
    `This epic has spent ${dollars(spent)} of ${dollars(budget)}${forecastOf(spending)}. The installation has spent ${dollars(today.spent)} of ${dollars(today.budget)} today.`,
    shown.length === 0 ? "" : table(shown),
    shares.length > shown.length ? `and ${shares.length - shown.length} more` : "",
    `Prices as of ${neutraliseInline(pricesAsOf)}.`,
  ]);
}

/** "$3.20 of $50.00, about $8.00 in all". */
export function spendingLine(spending: EpicSpending): string {
  return `${dollars(spending.spent)} of ${dollars(spending.budget)}${forecastOf(spending)}`;
}

function forecastOf({ forecast }: EpicSpending): string {
  return forecast === null ? "" : `, about ${dollars(forecast)} in all`;
}

function table(shares: readonly SpendingShare[]): string {
  return [
    "| Agent | Model | Calls | Tokens in | Tokens out | From cache | Cost |",
    "| - | - | -: | -: | -: | -: | -: |",
    ...[...shares, sumOf(shares)].map(row),
  ].join("\n");
}

function sumOf(shares: readonly SpendingShare[]): SpendingShare {
  const sum = (of: (share: SpendingShare) => number) =>
    shares.reduce((total, share) => total + of(share), 0);
  return {
    ...{ agent: "", model: "", calls: sum(({ calls }) => calls) },
    ...{ tokensIn: sum(({ tokensIn }) => tokensIn), tokensOut: sum(({ tokensOut }) => tokensOut) },
    cacheRead: sum(({ cacheRead }) => cacheRead),
    cacheWritten: sum(({ cacheWritten }) => cacheWritten),
    cost: sum(({ cost }) => cost),
  };
}

function row(share: SpendingShare): string {
  const { agent, model, calls, tokensIn, tokensOut, cacheRead, cacheWritten, cost } = share;
  const prompt = tokensIn + cacheRead + cacheWritten;
  const cached = prompt === 0 ? "" : `${Math.round((cacheRead / prompt) * 100)} %`;
  const name = agent === "" ? "all" : code(agent);
  const numbers = [calls, prompt, tokensOut].map((count) => count.toLocaleString("en"));
  const cells = [name, model === "" ? "" : code(model), ...numbers, cached, dollars(cost)];
  return `| ${cells.join(" | ")} |`;
}
