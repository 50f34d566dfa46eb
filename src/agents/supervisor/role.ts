import { type AgentRole, commonTools } from "../define-role.ts";

export const supervisor: AgentRole = {
  name: "supervisor",
  tools: [
    ...commonTools,
    "epic_create_task",
    "epic_edit_task",
    "epic_add_dependency",
    "epic_plan_done",
    "epic_list_tasks",
    "epic_review_queue",
    "epic_read_diff",
    "epic_read_file",
    "epic_approve",
    "epic_request_changes",
    "epic_block_task",
    "epic_unblock_task",
    "epic_retry_task",
    "epic_cancel_task",
    "epic_ask_human",
    "epic_fail",
  ],
  profile: { model: "sonnet", permissions: "relaxed" },
};
