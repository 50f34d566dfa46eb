import type { Role } from "../domain/states.ts";

export type AgentRole = {
  readonly name: Role;
  /** MCP tools its lives are offered, in the order the model sees them. */
  readonly tools: readonly string[];
  /** What applies where no setting of the operator, repository, epic or task says otherwise. */
  readonly profile: {
    readonly model: "sonnet" | "opus" | "haiku";
    readonly permissions: "strict" | "relaxed" | "yolo";
  };
};

export const commonTools = [
  "agent_status",
  "mail_send",
  "mail_list",
  "log_decision",
  "run_approved",
] as const;
