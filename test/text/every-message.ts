import type { EpicSpending } from "../../src/domain/epic-status.ts";
import type { Message } from "../../src/domain/message.ts";
import { everyTrouble } from "./every-trouble.ts";
import { sampleStatus } from "./sample-epic.ts";

const sha = "c0ffee1234567890c0ffee1234567890c0ffee12";
const branch = "ff/epic-12-a-basket";

/** One message of every kind, with `words` wherever somebody's words go. */
export function everyMessage(words: string): readonly Message[] {
  return [...everyOrdinaryMessage(words), ...everyTrouble(words)];
}

/** Those of an epic's ordinary life. */
export function everyOrdinaryMessage(words: string): readonly Message[] {
  const task = { issueNumber: 15, titleText: words, state: "COMPLETED", pullRequest: 18 };
  const planned = { ordinal: 2, issueNumber: null, titleText: words, dependsOn: [1] };
  const agent = "worker-15";
  return [
    { kind: "epicStarted", branch, baseBranch: "main" },
    { kind: "epicRefused", why: "noPermission", minimum: 40 },
    { kind: "epicRefused", why: "thinDesign", minimum: 40 },
    { kind: "planForApproval", revision: 1, tasks: [planned], noteText: words },
    { kind: "planForApproval", revision: 2, tasks: [planned], noteText: words },
    { kind: "planDenied", by: "ada", reasonText: words },
    { kind: "taskProgress", agent, doneText: words },
    { kind: "mailToHuman", agent, subjectText: words, bodyText: words },
    { kind: "taskSubmitted", task: 1, pullRequest: 18, sha },
    { kind: "reviewVerdict", verdict: "approved", agent, sha, remarksText: words },
    { kind: "reviewVerdict", verdict: "changesRequested", agent, sha, remarksText: words },
    { kind: "reviewVerdict", verdict: "rejected", agent, sha, remarksText: words },
    { kind: "sentBack", cause: "conflict", files: ["a.ts", "b.ts"], outputText: words },
    { kind: "sentBack", cause: "verifyFailed", files: [], outputText: words },
    { kind: "taskLanded", mergeSha: sha, branch },
    { kind: "closedAsLanded", mergeSha: sha, branch },
    { kind: "taskEnded", state: "FAILED", reasonText: words },
    { kind: "taskEnded", state: "CANCELLED", reasonText: words },
    { kind: "epicQueued", place: 2, of: 3, why: "epics", limit: 5 },
    { kind: "epicQueued", place: 1, of: 1, why: "review", limit: 10 },
    { kind: "hostLimit", what: "memory", whyText: words },
    { kind: "hostLimit", what: "disk", whyText: words },
    { kind: "hostLimit", what: "sessions", whyText: words },
    {
      kind: "questions",
      agent,
      contextText: words,
      questionTexts: [words, words],
      task: { ordinal: 2, issueNumber: 16 },
    },
    { kind: "questions", agent, contextText: "", questionTexts: [words], task: null },
    { kind: "planMissing", tasks: 0 },
    { kind: "planMissing", tasks: 2 },
    {
      kind: "epicStuck",
      tasks: [{ ordinal: 2, issueNumber: 16, titleText: words, dependsOn: [1] }],
    },
    { kind: "epicReady", landed: 2, failed: 1 },
    {
      kind: "epicEnded",
      state: "FAILED",
      reasonText: words,
      summary: { tasks: [{ ...task, mergeSha: sha }] },
    },
    { kind: "commandReply", command: "pause", bodyText: words, ok: false },
    { kind: "statusReply", status: sampleStatus },
    { kind: "statsReply", spending: withAgent(sampleStatus.spending, words) },
    ...(["attempt", "task", "epic", "day"] as const).flatMap((level) => {
      const budget = { level, limit: 10, agent, taskIssue: level === "epic" ? null : 15 };
      return [
        { kind: "budgetNears", spent: 8.004, ...budget } as const,
        { kind: "budgetSpent", spent: 10.5, ...budget } as const,
      ];
    }),
    { kind: "budgetDayTurned" },
    { kind: "helpReply", commands: [{ usage: "/ff help", summary: "Lists the commands." }] },
  ];
}

function withAgent(spending: EpicSpending, agent: string): EpicSpending {
  return { ...spending, shares: spending.shares.map((share) => ({ ...share, agent })) };
}
