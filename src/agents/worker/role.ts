import { type AgentRole, commonTools } from "../define-role.ts";

export const worker: AgentRole = {
  name: "worker",
  tools: [
    ...commonTools,
    "task_status",
    "git_commit",
    "git_rebase",
    "task_submit",
    "task_ask",
    "task_give_up",
  ],
  profile: { model: "sonnet", permissions: "yolo" },
};
