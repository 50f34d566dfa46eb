import type { Epic } from "../../src/domain/epic.ts";
import type { EpicStatus } from "../../src/domain/epic-status.ts";
import type { Task, TaskState } from "../../src/domain/task.ts";

export const sampleEpic: Epic = {
  id: 1,
  repository: { id: 1, githubId: 100, installationId: 5, owner: "acme", name: "shop" },
  issueNumber: 12,
  title: "A basket for the shop",
  body: "Customers can collect items.\n\n<!-- tell nobody -->\n\n![x](https://evil.example/p.png)",
  author: { id: 7, login: "ada" },
  plan: "auto",
  planAccepted: true,
  planRevision: 0,
  planShownBy: null,
  verifyCommand: "npm test",
  branch: "ff/epic-12-a-basket-for-the-shop",
  baseBranch: "main",
  baseSha: "a".repeat(40),
  tipSha: "b".repeat(40),
  pullRequest: 20,
  pullRequestIsDraft: true,
  state: "IN_PROGRESS",
};

export function sampleTask(
  ordinal: number,
  title: string,
  more: Partial<Omit<Task, keyof TaskState>> & TaskState = { state: "PENDING" },
): Task {
  const plan = { ordinal, title, description: `${title}, please.`, acceptance: [], dependsOn: [] };
  const git = { branch: null, baseSha: null, headSha: null, mergeParentSha: null };
  const place = { submittedSha: null, queuePlace: null, summary: null, pullRequest: null };
  const issue = { issueAsked: true, issueNumber: 14 + ordinal, issueId: 1_000 + ordinal };
  return { ...plan, ...git, ...place, ...issue, attempts: 1, ...more };
}

const landedSha = `c0ffee1${"0".repeat(33)}`;

export const sampleTasks: readonly Task[] = [
  sampleTask(1, "Add the list", {
    state: "COMPLETED",
    mergeSha: landedSha,
    pullRequest: 18,
    summary: "The list is there.\n\nFixes #15, thanks @ada.",
  }),
  sampleTask(2, "Add the form", { state: "FAILED", reason: "The API is gone.", pullRequest: 19 }),
  sampleTask(3, "Join list | form", { state: "IN_PROGRESS", dependsOn: [1, 2] }),
];

const statusTask = { attempts: 1, agentState: "RUNNING", pullRequest: null, mergeSha: null };

export const sampleStatus: EpicStatus = {
  state: "IN_PROGRESS",
  issueNumber: 12,
  branch: sampleEpic.branch,
  pullRequest: 20,
  tasks: [
    {
      ...statusTask,
      ordinal: 1,
      issueNumber: 15,
      titleText: "Add the list",
      state: "COMPLETED",
      agent: "worker-15",
      agentState: "DONE",
      pullRequest: 18,
      mergeSha: landedSha,
      dependsOn: [],
    },
    {
      ...statusTask,
      ordinal: 2,
      issueNumber: 16,
      titleText: 'Join "list" | form]; click t1 "https://evil.example" @ada',
      state: "IN_PROGRESS",
      agent: "worker-16",
      attempts: 2,
      dependsOn: [1],
    },
    {
      ...statusTask,
      ordinal: 3,
      issueNumber: null,
      titleText: "Größe zeigen",
      state: "PENDING",
      agent: null,
      agentState: null,
      attempts: 0,
      dependsOn: [1, 2],
    },
  ],
  supervisor: { name: "supervisor-12", state: "WAITING" },
  profiles: [
    {
      agent: "worker-15",
      parts: {
        model: { value: "claude-sonnet-5-5", layer: "task", next: "claude-opus-5-5" },
        permissions: { value: "yolo", layer: "installation", next: null },
        harness: { value: "runner", layer: "repository", next: null },
      },
    },
  ],
  cellLevel: null,
  modelCalls: 1_234,
  tokensIn: 345_678,
  tokensOut: 1,
  spending: {
    spent: 3.2,
    budget: 50,
    forecast: 9.6,
    today: { spent: 12.5, budget: 100 },
    tasks: [1, 2, 3].map((task) => ({ task, spent: task === 1 ? 2 : 0, budget: 10 })),
    shares: [
      {
        ...{ agent: "worker-15", model: "claude-sonnet-5-5", calls: 1_000, cost: 2 },
        ...{ tokensIn: 10_000, tokensOut: 1_000, cacheRead: 80_000, cacheWritten: 10_000 },
      },
      {
        ...{ agent: "supervisor-12", model: "claude-opus-5-5", calls: 234, cost: 1.2 },
        ...{ tokensIn: 5_678, tokensOut: 500, cacheRead: 0, cacheWritten: 0 },
      },
    ],
    most: 200,
    pricesAsOf: "2026-11-22",
  },
  queue: [],
  decides: null,
  waitsForHuman: ["The plan waits for `/ff approve`."],
};
