// One scene per kind of effect: what is there before, the effect, and all that it changes.
import type { GitHubEffect } from "../../src/domain/effect.ts";
import type { EpicView } from "../../src/domain/epic-view.ts";
import { makeCommit, type Shop } from "./shop.ts";
import {
  taskBranch,
  withBranch,
  withEpicBranch,
  withEpicPullRequest,
  withIssue,
  withLandedWork,
  withPullRequest,
} from "./stage.ts";
import { epicBranch, epicOf, taskOf, viewOf } from "./views.ts";

export type Scene = {
  readonly effect: GitHubEffect;
  readonly view: EpicView;
  /** Lines of `seen.ts` that go and come. */
  readonly changes: readonly string[];
};

type Staging<Kind extends GitHubEffect["kind"]> = (
  shop: Shop,
) => Promise<Scene & { readonly effect: Extract<GitHubEffect, { kind: Kind }> }>;

const bot = "factory[bot]";

export const scenes: { readonly [Kind in GitHubEffect["kind"]]: Staging<Kind> } = {
  createEpicBranch: async (shop) => ({
    effect: { kind: "createEpicBranch" },
    view: viewOf(epicOf(shop)),
    changes: [`+ branch ${epicBranch} at ${short(shop.base)}`],
  }),
  createTaskIssue: async (shop) => ({
    effect: { kind: "createTaskIssue", task: 1 },
    view: viewOf(epicOf(shop), [taskOf(1)]),
    changes: [`+ issue #2 open [ff:pending] by ${bot}: Part 1`],
  }),
  linkTaskIssue: async (shop) => ({
    effect: { kind: "linkTaskIssue", task: 1 },
    view: viewOf(epicOf(shop), [await withIssue(shop, taskOf(1))]),
    changes: ["+ #2 is part of #1"],
  }),
  editTaskIssue: async (shop) => {
    const task = await withIssue(shop, taskOf(1));
    return {
      effect: { kind: "editTaskIssue", task: 1 },
      view: viewOf(epicOf(shop), [{ ...task, title: "Part 1, better" }]),
      changes: [
        `- issue #2 open [ff:pending] by ${bot}: Part 1`,
        `+ issue #2 open [ff:pending] by ${bot}: Part 1, better`,
      ],
    };
  },
  reopenTaskIssue: async (shop) => {
    const task = await withIssue(shop, taskOf(1));
    await shop.github.closeIssue(shop.repository, 2, "not_planned");
    return {
      effect: { kind: "reopenTaskIssue", task: 1 },
      view: viewOf(epicOf(shop), [task]),
      changes: [
        `- issue #2 closed not_planned [ff:pending] by ${bot}: Part 1`,
        `+ issue #2 open [ff:pending] by ${bot}: Part 1`,
      ],
    };
  },
  addDependency: async (shop) => {
    const first = await withIssue(shop, taskOf(1));
    const second = await withIssue(shop, taskOf(2, { dependsOn: [1] }));
    return {
      effect: { kind: "addDependency", task: 2, dependsOn: 1 },
      view: viewOf(epicOf(shop), [first, second]),
      changes: ["+ #3 waits for #2"],
    };
  },
  say: async (shop) => ({
    effect: {
      kind: "say",
      thread: { on: "epic" },
      message: { kind: "taskProgress", agent: "worker-2", doneText: "The shop is open." },
    },
    view: viewOf(epicOf(shop)),
    changes: [`+ comment on #1 by ${bot}: \`worker-2\` reports:`],
  }),
  react: async (shop) => {
    const where = { ...shop.coordinates, issue_number: 1 };
    const { data } = await shop.dana.rest.issues.createComment({ ...where, body: "/ff status" });
    return {
      effect: { kind: "react", commentId: data.id, reaction: "eyes" },
      view: viewOf(epicOf(shop)),
      changes: [`+ eyes by ${bot} on a comment on #1`],
    };
  },
  setStateLabel: async (shop) => ({
    effect: { kind: "setStateLabel", thread: { on: "task", task: 1 }, state: "PENDING_REVIEW" },
    view: viewOf(epicOf(shop), [await withIssue(shop, taskOf(1))]),
    changes: [
      `- issue #2 open [ff:pending] by ${bot}: Part 1`,
      `+ issue #2 open [ff:pending-review] by ${bot}: Part 1`,
    ],
  }),
  pushTaskBranch: async (shop) => {
    const task = await withIssue(shop, taskOf(1));
    const sha = await makeCommit(shop, { parent: shop.base, message: "Build part 1" });
    return {
      effect: { kind: "pushTaskBranch", task: 1, sha },
      view: viewOf(epicOf(shop), [{ ...task, branch: taskBranch }]),
      changes: [`+ branch ${taskBranch} at ${short(sha)}`],
    };
  },
  openTaskPullRequest: async (shop) => {
    const epic = await withEpicBranch(shop);
    const task = await withBranch(shop, await withIssue(shop, taskOf(1)));
    return {
      effect: { kind: "openTaskPullRequest", task: 1 },
      view: viewOf(epic, [task]),
      changes: [`+ pull #3 open ${taskBranch} → ${epicBranch}: Part 1`],
    };
  },
  review: async (shop) => {
    const view = await withPullRequest(shop);
    const sha = headOf(view);
    return {
      effect: { kind: "review", task: 1, sha, message: verdictOn(sha) },
      view,
      changes: [`+ review of #3 at ${short(sha)} COMMENTED: ${approved(sha)}`],
    };
  },
  publishVerdict: async (shop) => {
    const view = await withPullRequest(shop);
    const sha = headOf(view);
    return {
      effect: {
        kind: "publishVerdict",
        task: 1,
        sha,
        conclusion: "success",
        message: verdictOn(sha),
      },
      view,
      changes: [`+ check FactoryFactory / review at ${short(sha)} success: Approved`],
    };
  },
  closeTaskIssue: async (shop) => ({
    effect: { kind: "closeTaskIssue", task: 1, reason: "completed" },
    view: viewOf(epicOf(shop), [await withIssue(shop, taskOf(1))]),
    changes: [
      `- issue #2 open [ff:pending] by ${bot}: Part 1`,
      `+ issue #2 closed completed [ff:pending] by ${bot}: Part 1`,
    ],
  }),
  settleTaskPullRequest: async (shop) => ({
    effect: { kind: "settleTaskPullRequest", task: 1, mergeSha: shop.base },
    view: await withPullRequest(shop),
    changes: [
      `- pull #3 open ${taskBranch} → ${epicBranch}: Part 1`,
      `+ comment on #3 by ${bot}: ${landed(shop.base)}`,
      `+ pull #3 closed ${taskBranch} → ${epicBranch}: Part 1`,
    ],
  }),
  closeTaskPullRequest: async (shop) => ({
    effect: { kind: "closeTaskPullRequest", task: 1 },
    view: await withPullRequest(shop),
    changes: [
      `- pull #3 open ${taskBranch} → ${epicBranch}: Part 1`,
      `+ pull #3 closed ${taskBranch} → ${epicBranch}: Part 1`,
    ],
  }),
  openEpicPullRequest: async (shop) => ({
    effect: { kind: "openEpicPullRequest" },
    view: viewOf(await withLandedWork(shop)),
    changes: [`+ pull #2 open draft ${epicBranch} → main: A shop`],
  }),
  markEpicPullRequestReady: async (shop) => ({
    effect: { kind: "markEpicPullRequestReady" },
    view: viewOf(await withEpicPullRequest(shop)),
    changes: [
      `- pull #2 open draft ${epicBranch} → main: A shop`,
      `+ pull #2 open ${epicBranch} → main: A shop`,
    ],
  }),
  closeEpicPullRequest: async (shop) => ({
    effect: { kind: "closeEpicPullRequest" },
    view: viewOf(await withEpicPullRequest(shop)),
    changes: [
      `- pull #2 open draft ${epicBranch} → main: A shop`,
      `+ pull #2 closed draft ${epicBranch} → main: A shop`,
    ],
  }),
  closeEpicIssue: async (shop) => ({
    effect: { kind: "closeEpicIssue", reason: "not_planned" },
    view: viewOf(epicOf(shop)),
    changes: ["- issue #1 open by dana: A shop", "+ issue #1 closed not_planned by dana: A shop"],
  }),
  deleteTaskBranch: async (shop) => {
    const task = await withBranch(shop, await withIssue(shop, taskOf(1)));
    const ended = { ...task, state: "CANCELLED", reason: "not needed" } as const;
    return {
      effect: { kind: "deleteTaskBranch", task: 1 },
      view: viewOf(await withEpicBranch(shop), [ended]),
      changes: [`- branch ${taskBranch} at ${short(task.headSha)}`],
    };
  },
  deleteEpicBranch: async (shop) => {
    const { epic, tasks } = await withPullRequest(shop);
    const ended = { ...epic, state: "CANCELLED", reason: "not needed" } as const;
    return {
      effect: { kind: "deleteEpicBranch" },
      view: viewOf(ended, tasks),
      changes: [
        `- branch ${epicBranch} at ${short(shop.base)}`,
        `- pull #3 open ${taskBranch} → ${epicBranch}: Part 1`,
        `+ pull #3 closed ${taskBranch} → ${epicBranch}: Part 1`,
      ],
    };
  },
};

function verdictOn(sha: string) {
  return {
    kind: "reviewVerdict",
    verdict: "approved",
    agent: "supervisor-1",
    sha,
    remarksText: "Well done.",
  } as const;
}

function approved(sha: string): string {
  return `\`supervisor-1\` approved ${short(sha)}.`;
}

function landed(sha: string): string {
  return `This landed on \`${epicBranch}\` as ${short(sha)}`;
}

function headOf({ tasks }: EpicView): string {
  const sha = tasks[0]?.headSha;
  if (!sha) throw new Error("The staged task has no commit.");
  return sha;
}

function short(sha: string | null): string {
  return sha?.slice(0, 7) ?? "nowhere";
}
