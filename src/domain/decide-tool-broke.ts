import { type AgentKey, taskOfAgent, workerKey } from "./agent.ts";
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

/** A step that is refused again and again: whoever can help learns of it, once for each tool (A4). */
export function toolKeepsFailing(
  view: EpicView,
  stuck: {
    readonly agent: AgentKey;
    readonly tool: string;
    readonly times: number;
    readonly detail: string;
  },
): Decision {
  const { agent, tool, times, detail } = stuck;
  const notice = `${tool} of ${agent} refused again and again`;
  if (view.notices.includes(notice)) return {};
  const task = taskOfAgent(agent);
  const notices = [notice];
  if (task === null) {
    const name = nameOfAgent(view, agent);
    const message = { kind: "toolRefused", agent: name, tool, times, reasonText: detail } as const;
    return { notices, effects: [{ kind: "say", thread: { on: "epic" }, message }] };
  }
  const subject = `Task ${task}: ${tool} was refused ${times} times in a row`;
  const body = `The last answer: ${detail}\n\nThe worker has every answer. Help it by mail, edit its task, or block it with a question to people.`;
  return { notices, mail: [{ to: "supervisor", from: { kind: "product" }, subject, body }] };
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
