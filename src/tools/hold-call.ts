import type { LifeIdentity } from "../domain/agent.ts";
import { isApprovalId } from "../domain/approval.ts";
import { askApproval, sameCall } from "../domain/decide-approval.ts";
import type { Decision, EpicView } from "../domain/epic-view.ts";
import type { ToolRefusal } from "./define-tool.ts";

// A sensitive call in strict mode: stored with its arguments, answered at once, run later (A7).

export type HoldLimits = {
  /** How long a call may wait for a person, in milliseconds. */
  readonly approvalMs: number;
  /** Calls of one agent that may wait for people at once. */
  readonly maxPendingApprovals: number;
};

export type HoldPorts = {
  readonly limits: HoldLimits;
  /** A random word that may be an approval's id. */
  readonly newApprovalId: () => string;
  /** Takes what looks like a secret out of what people are shown. */
  readonly redact: (text: string) => string;
};

type HeldCall = {
  readonly life: LifeIdentity;
  readonly tool: string;
  readonly input: unknown;
};

/** What a held call is answered with, and what is stored for it. */
export type Held = { readonly decision: Decision; readonly reply: unknown };

const maxIdTries = 1_000;

/**
 * Stores a call that would be decided as it is, until a person lets it run.
 *
 * @returns the pending id for the model; the same id for the same call again; a refusal where the
 *   very call was denied before, or too many wait
 */
export function holdCall(view: EpicView, call: HeldCall, ports: HoldPorts): Held | ToolRefusal {
  const { life, tool, input } = call;
  const same = { agent: life.agent, tool, input };
  const known = sameCall(view, same, "PENDING");
  if (known) return { decision: {}, reply: pendingReply(known.id) };
  const approved = sameCall(view, same, "APPROVED");
  if (approved) return { decision: {}, reply: approvedReply(approved.id) };
  const denied = sameCall(view, same, "DENIED");
  if (denied?.state === "DENIED") return deniedBefore(denied);
  const { approvalMs, maxPendingApprovals } = ports.limits;
  const waiting = view.approvals.filter(
    ({ agent, state }) => agent === life.agent && state === "PENDING",
  );
  if (waiting.length >= maxPendingApprovals) return tooMany(waiting.map(({ id }) => id));
  const id = unusedId(view, ports.newApprovalId);
  const argumentsText = ports.redact(JSON.stringify(input, null, 2) ?? "");
  const decision = askApproval(view, { id, ...same, limitMs: approvalMs, argumentsText });
  return { decision, reply: pendingReply(id) };
}

function pendingReply(id: string) {
  return {
    pending: id,
    next: `A person decides; the decision comes as mail. Once it is approved, run_approved with id ${id}. Go on with what does not need it, or end your turn.`,
  };
}

function approvedReply(id: string) {
  return { approved: id, next: `A person approved this call: run_approved with id ${id}.` };
}

function deniedBefore({ id, by, reason }: { id: string; by: string; reason: string }): ToolRefusal {
  const why = reason === "" ? "" : `: ${reason}`;
  return {
    refused: "denied",
    detail: `${by} denied this very call (${id})${why}. Find another way, or ask.`,
  };
}

function tooMany(ids: readonly string[]): ToolRefusal {
  return {
    refused: "too-many-pending",
    detail: `${ids.length} calls of yours wait for a person already (${ids.join(", ")}). Go on without this one, or end your turn.`,
  };
}

function unusedId(view: EpicView, newId: () => string): string {
  for (let tries = 0; tries < maxIdTries; tries += 1) {
    const id = newId();
    if (isApprovalId(id) && !view.approvals.some((one) => one.id === id)) return id;
  }
  throw new Error(`${maxIdTries} random ids in a row were used or no ids of approvals`);
}
