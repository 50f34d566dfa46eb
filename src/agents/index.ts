import type { AgentRole, AgentRoleName } from "./define-role.ts";
import { supervisor } from "./supervisor/role.ts";
import { worker } from "./worker/role.ts";

/** Every role an agent can have. */
export const agentRoles: Readonly<Record<AgentRoleName, AgentRole>> = { supervisor, worker };
