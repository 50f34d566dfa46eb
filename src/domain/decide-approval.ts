import { type AgentKey, agentHasEnded, taskOfAgent } from "./agent.ts";
import { type Approval, isOpen } from "./approval.ts";
import { agentOf } from "./decision.ts";
import type { Thread } from "./effect.ts";
import { type Actor, epicHasEnded } from "./epic.ts";
import type { Decision, EpicView } from "./epic-view.ts";
import type { NewMail } from "./mail.ts";
import { nameOfAgent } from "./name-of-agent.ts";
import { noSuchApproval, nothingWaits } from "./nothing-waits.ts";
import type { Refusal } from "./refusal.ts";

// A sensitive call of an agent in strict mode: asked for, decided by a person or by time, run once.

/** What an agent wants to do, before it has an approval. */
export type Wish = Pick<Approval, "id" | "agent" | "tool" | "input" | "limitMs"> & {
  /** The arguments as people may see them. */
  readonly argumentsText: string;
};

/** Stores a call until a person has decided on it, and tells people once where they talk about it. */
export function askApproval(view: EpicView, wish: Wish): Decision {
  const { id, agent, tool, input, limitMs, argumentsText } = wish;
  const name = nameOfAgent(view, agent);
  return {
    approvals: [
      { id, agent, tool, input, limitMs, commentId: null, overdue: false, state: "PENDING" },
    ],
    effects: [
      {
        kind: "say",
        thread: threadOf(agent),
        message: { kind: "approvalWanted", id, agent: name, tool, argumentsText, limitMs },
      },
    ],
  };
}

/** The open approval of an agent's very same call; null when it never asked, or it has ended. */
export function sameCall(
  { approvals }: EpicView,
  call: Pick<Approval, "agent" | "tool" | "input">,
  state: Approval["state"],
): Approval | null {
  const wanted = JSON.stringify(call.input);
  const same = approvals.findLast(
    (one) =>
      one.agent === call.agent &&
      one.tool === call.tool &&
      one.state === state &&
      JSON.stringify(one.input) === wanted,
  );
  return same ?? null;
}

export type Answer = {
  readonly by: Actor;
  /** null means the only one that waits. */
  readonly id: string | null;
  /** Where it was written: in a task's thread only its own worker can be meant without an id. */
  readonly thread: Thread;
  /** The comment that said it: what was shown after it, it cannot mean without an id. */
  readonly commentId: number;
};

/** A person lets a stored call run. It runs when its agent asks for it, on what is true then. */
export function approveCall(view: EpicView, answer: Answer): Answered | Refusal {
  const approval = approvalMeant(view, answer);
  if ("refused" in approval) return approval;
  if (approval.state !== "PENDING") return decidedAlready(approval);
  const { id, agent, tool } = approval;
  const by = answer.by.login;
  const next: Approval = { ...coreOf(approval), state: "APPROVED", by };
  const mail = toAgent(
    agent,
    `Approved: ${tool} (${id})`,
    `${by} approved your call of ${tool}. Call run_approved with id ${id}: it runs the arguments you gave, once.`,
  );
  return answered(view, next, mail);
}

/** A person refuses a stored call, or takes an approval back before it was used. */
export function denyCall(
  view: EpicView,
  answer: Answer & { readonly reason: string },
): Answered | Refusal {
  const approval = approvalMeant(view, answer);
  if ("refused" in approval) return approval;
  if (!isOpen(approval)) return decidedAlready(approval);
  const { id, agent, tool } = approval;
  const by = answer.by.login;
  const next: Approval = { ...coreOf(approval), state: "DENIED", by, reason: answer.reason };
  const why = answer.reason === "" ? "No reason was given." : `The reason: ${answer.reason}`;
  const mail = toAgent(
    agent,
    `Denied: ${tool} (${id})`,
    `${by} denied your call of ${tool}; it will not run. ${why}\nDo not make the same call again: find another way, or ask.`,
  );
  return answered(view, next, mail);
}

/** What a person's answer led to, and whose call it was about. */
export type Answered = {
  readonly decision: Decision;
  readonly approval: Approval;
  readonly name: string;
};

function answered(view: EpicView, approval: Approval, mail: NewMail): Answered {
  const decision = { approvals: [approval], mail: [mail] };
  return { decision, approval, name: nameOfAgent(view, approval.agent) };
}

/** Nobody answered in time, or its agent never came back for it: the agent is told. */
export function expireApprovals(view: EpicView): Decision {
  const late = view.approvals.filter((one) => isOpen(one) && one.overdue);
  return {
    approvals: late.map((one): Approval => ({ ...coreOf(one), state: "EXPIRED" })),
    mail: late.map(expiredMail),
  };
}

function expiredMail({ id, agent, tool, state }: Approval): NewMail {
  const what =
    state === "PENDING"
      ? `Nobody decided on your call of ${tool} in time, so it will not run.`
      : `Your call of ${tool} was approved but you never ran it; the approval has run out.`;
  return toAgent(
    agent,
    `Expired: ${tool} (${id})`,
    `${what} If it is still right, call ${tool} again; else find another way.`,
  );
}

/** What an agent that has ended asked for is nobody's to decide any more. */
export function withdrawApprovals(view: EpicView): Decision {
  const over = view.approvals.filter((one) => isOpen(one) && hasNobody(view, one));
  return { approvals: over.map(withdrawn) };
}

/** An approval that is not wanted any more. */
export function withdrawn(approval: Approval): Approval {
  return { ...coreOf(approval), state: "WITHDRAWN" };
}

/** Its call has run, or is with its host now; it does not run again. */
export function ran(approval: Approval & { readonly state: "APPROVED" }): Approval {
  return { ...coreOf(approval), state: "RAN", by: approval.by };
}

function hasNobody(view: EpicView, { agent }: Approval): boolean {
  const asker = agentOf(view, agent);
  return epicHasEnded(view.epic) || asker === null || agentHasEnded(asker);
}

function approvalMeant(view: EpicView, answer: Answer): Approval | Refusal {
  const { id, thread, by, commentId } = answer;
  if (id !== null) return view.approvals.find((one) => one.id === id) ?? noSuchApproval(view, id);
  const waiting = view.approvals.filter(
    (one) =>
      one.state === "PENDING" && (!("task" in thread) || taskOfAgent(one.agent) === thread.task),
  );
  const [only, ...more] = waiting.filter((one) => isShownBefore(one, commentId));
  if (only && more.length === 0) return only;
  const named = waiting.map((one) => `${one.id} (${one.tool})`).join(", ");
  if (only) return { refused: "which-one", detail: `Several calls wait: ${named}. Name one.` };
  if (named !== "")
    return {
      refused: "which-one",
      detail: `Nothing that waits now had been shown when you wrote this. What waits: ${named}. Name one.`,
    };
  return nothingWaits(view, by);
}

/** GitHub numbers comments as they come: the higher id is the later comment. */
function isShownBefore({ commentId: shownBy }: Approval, commentId: number): boolean {
  return shownBy !== null && shownBy < commentId;
}

function decidedAlready({ id, state }: Approval): Refusal {
  return { refused: "wrong-state", detail: `${id} is ${state} already.` };
}

function toAgent(to: AgentKey, subject: string, body: string): NewMail {
  return { to, from: { kind: "product" }, subject, body };
}

function coreOf({ id, agent, tool, input, commentId, limitMs }: Approval) {
  return { id, agent, tool, input, commentId, limitMs, overdue: false };
}

function threadOf(agent: AgentKey): Thread {
  const task = taskOfAgent(agent);
  return task === null ? { on: "epic" } : { on: "task", task };
}
