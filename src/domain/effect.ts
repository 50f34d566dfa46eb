import type { AgentKey } from "./agent.ts";
import type { Message } from "./message.ts";

/** A place on GitHub where people talk, by our own nouns: the number may not exist yet. */
export type Thread =
  | { readonly on: "epic" }
  | { readonly on: "task"; readonly task: number }
  | { readonly on: "taskPullRequest"; readonly task: number }
  | { readonly on: "epicPullRequest" };

export type Reaction = "eyes" | "+1" | "-1" | "confused" | "rocket";

/** Things to do on GitHub, in the order of their epic's lane. */
export type GitHubEffect =
  | { readonly kind: "createEpicBranch" }
  | { readonly kind: "createTaskIssue"; readonly task: number }
  | { readonly kind: "linkTaskIssue"; readonly task: number }
  | { readonly kind: "editTaskIssue"; readonly task: number }
  | { readonly kind: "reopenTaskIssue"; readonly task: number }
  | { readonly kind: "addDependency"; readonly task: number; readonly dependsOn: number }
  | { readonly kind: "say"; readonly thread: Thread; readonly message: Message }
  | { readonly kind: "react"; readonly commentId: number; readonly reaction: Reaction }
  | { readonly kind: "setStateLabel"; readonly thread: Thread; readonly state: string }
  | { readonly kind: "pushTaskBranch"; readonly task: number; readonly sha: string }
  | { readonly kind: "openTaskPullRequest"; readonly task: number }
  | {
      readonly kind: "review";
      readonly task: number;
      readonly sha: string;
      readonly message: Message;
    }
  | {
      readonly kind: "publishVerdict";
      readonly task: number;
      readonly sha: string;
      readonly conclusion: "success" | "failure";
      readonly message: Message;
    }
  | {
      readonly kind: "closeTaskIssue";
      readonly task: number;
      readonly reason: "completed" | "not_planned";
    }
  | { readonly kind: "settleTaskPullRequest"; readonly task: number; readonly mergeSha: string }
  | { readonly kind: "closeTaskPullRequest"; readonly task: number }
  | { readonly kind: "openEpicPullRequest" }
  | { readonly kind: "markEpicPullRequestReady" }
  | { readonly kind: "closeEpicPullRequest" }
  | { readonly kind: "closeEpicIssue"; readonly reason: "completed" | "not_planned" }
  | { readonly kind: "deleteTaskBranch"; readonly task: number }
  | { readonly kind: "deleteEpicBranch" };

/** Things to do on an agent's host, in the order of that agent's lane. */
export type HostEffect =
  /** `afterMs`: not before so long after the decision, by the database's clock. */
  | { readonly kind: "startLife"; readonly agent: AgentKey; readonly afterMs?: number }
  | { readonly kind: "stopLife"; readonly agent: AgentKey; readonly reason: string }
  | { readonly kind: "hostOperation"; readonly agent: AgentKey; readonly callId: string }
  | { readonly kind: "removeWorktree"; readonly agent: AgentKey };

export type Effect = GitHubEffect | HostEffect;

/** What a tool asks of the host that holds the agent's worktree. */
export type HostOperation =
  | { readonly kind: "commit"; readonly task: number; readonly message: string }
  | { readonly kind: "rebase"; readonly task: number }
  | { readonly kind: "readDiff"; readonly task: number; readonly sha: string }
  | { readonly kind: "readFile"; readonly sha: string; readonly path: string };
