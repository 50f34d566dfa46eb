import { type AgentKey, type LifeIdentity, taskOfAgent } from "../../../src/domain/agent.ts";
import type { EpicView } from "../../../src/domain/epic-view.ts";
import { nameOfAgent } from "../../../src/domain/name-of-agent.ts";
import type { Tool, ToolOutcome } from "../../../src/tools/define-tool.ts";
import { anyBounds, profilesOf, roleOf } from "../../support/epic-view.ts";

export function lifeOf(key: AgentKey): LifeIdentity {
  const role = roleOf(key);
  return { epicId: 1, agent: key, role, task: taskOfAgent(key), life: 1 };
}

/** What a tool answers to a caller with right arguments; wrong ones are the refusal itself. */
export function call(tool: Tool, key: AgentKey, view: EpicView, input: unknown = {}): ToolOutcome {
  const prepared = tool.prepare(input);
  if (typeof prepared !== "function") return prepared;
  const rules = { profiles: profilesOf("m", "m"), bounds: anyBounds };
  const caller = { life: lifeOf(key), view, name: nameOfAgent(view, key) };
  return prepared({ ...caller, profiles: rules, installation: null });
}
