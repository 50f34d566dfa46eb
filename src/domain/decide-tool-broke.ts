import { type AgentKey, workerKey } from "./agent.ts";
import type { Decision, EpicView } from "./epic-view.ts";
import { nameOfAgent } from "./name-of-agent.ts";

/** What a tool threw, which none ever should. */
export type BrokenTool = {
  readonly agent: AgentKey;
  readonly tool: string;
  /** The same for the same mistake: people are told of it once. */
  readonly cause: string;
  /** Finds it in the log. */
  readonly id: string;
};

/** A mistake of ours in a tool is always the human's to know, with the id of its log (A4). */
export function toolBroke(view: EpicView, { agent, tool, cause, id }: BrokenTool): Decision {
  const notice = `tool ${tool} broke: ${cause}`;
  if (view.notices.includes(notice)) return {};
  const message = { kind: "toolBroke", agent: nameOfAgent(view, agent), tool, id } as const;
  return { notices: [notice], effects: [{ kind: "say", thread: { on: "epic" }, message }] };
}

/**
 * What an agent asked of its host was refused by git itself: the agent has the answer, and a
 * worker's supervisor learns of it once for each tool (A4).
 */
export function operationNotAccepted(
  view: EpicView,
  { task, tool, reason }: { readonly task: number; readonly tool: string; readonly reason: string },
): Decision {
  const notice = `${tool} of ${workerKey(task)} was not accepted`;
  if (view.notices.includes(notice)) return {};
  const subject = `Task ${task}: ${tool} was not accepted`;
  const body = `${reason}\n\nThe worker has this answer too. Help it by mail if it asks.`;
  return {
    notices: [notice],
    mail: [{ to: "supervisor", from: { kind: "product" }, subject, body }],
  };
}
