import type { Role } from "../domain/states.ts";
import type { AgentRole } from "./define-role.ts";
import { orchestrator } from "./orchestrator/role.ts";
import { supervisor } from "./supervisor/role.ts";
import { worker } from "./worker/role.ts";

/** Every role an agent can have. */
export const agentRoles: Readonly<Record<Role, AgentRole>> = {
  orchestrator,
  supervisor,
  worker,
};
