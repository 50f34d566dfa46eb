import type { AgentRole } from "../define-role.ts";

/** It answers one question and ends: nobody writes to it, and it writes to nobody. */
export const orchestrator: AgentRole = {
  name: "orchestrator",
  tools: ["orchestrator_epics", "orchestrator_supervisors", "orchestrator_decide"],
  profile: { model: "sonnet", permissions: "strict" },
};
