import type { LifeIdentity } from "../domain/agent.ts";
import { type Approval, isOpen } from "../domain/approval.ts";
import { ran, withdrawn } from "../domain/decide-approval.ts";
import { both } from "../domain/decision.ts";
import type { HostOperation } from "../domain/effect.ts";
import type { Decision, EpicView } from "../domain/epic-view.ts";
import type { Installation } from "../domain/installation.ts";
import { nameOfAgent } from "../domain/name-of-agent.ts";
import { type ProfileRules, resolveProfile } from "../domain/resolve-profile.ts";
import type { Role } from "../domain/states.ts";
import type { Change, ToolReply } from "../ports/epics.ts";
import type { PreparedCall, Tool, ToolOutcome, ToolRefusal } from "./define-tool.ts";
import { type HoldPorts, holdCall } from "./hold-call.ts";
import { type Permission, permissionOf } from "./permission.ts";
import { whyStopped } from "./why-stopped.ts";

// What becomes of one call, decided on the epic as it is under its lock: pure.

/** One call of a tool. */
export type ToolRequest = {
  readonly life: LifeIdentity;
  readonly tool: string;
  readonly input: unknown;
  /** Unique within the agent's conversation, across its lives. */
  readonly callId: string;
};

export type CallRules = HoldPorts & {
  readonly tools: readonly Tool[];
  /** Tools nobody may call here, whatever the mode. */
  readonly deniedTools: readonly string[];
  readonly profiles: ProfileRules;
  /** How often a supervisor may begin a failed task again by itself. */
  readonly maxTaskRetries?: number;
  /** Read before the lock, for an orchestrator's call only. */
  readonly installation?: Installation | null;
};

/** How a call was decided. */
export type Decided =
  | { readonly kind: "replied"; readonly reply: ToolReply }
  | { readonly kind: "refused"; readonly refusal: ToolRefusal }
  /** Its host is at it. */
  | { readonly kind: "asked" };

type Judged = { readonly outcome: ToolOutcome; readonly permission: Permission };

/** The reply that tells a model what was wrong and what to do instead. */
export function errorReply({ refused, detail, expected }: ToolRefusal): ToolReply {
  return { isError: true, content: { error: refused, detail, ...(expected ? { expected } : {}) } };
}

/** @returns what is to be stored for a call, its reply included */
export function decideCall(
  view: EpicView,
  request: ToolRequest,
  { rules, hostIsFree }: { readonly rules: CallRules; readonly hostIsFree: boolean },
): Change<Decided> {
  const stopped = whyStopped(view, request.life);
  if (stopped) return refusedChange(request, stopped);
  const { outcome, permission } = judge(view, request, rules);
  if ("refused" in outcome) return refusedChange(request, outcome);
  if (outcome.kind === "approved")
    return runStored(view, request, outcome.id, { rules, hostIsFree });
  if (permission === "waits") {
    const held = holdCall(view, request, rules);
    return "refused" in held ? refusedChange(request, held) : repliedChange(request, held);
  }
  return carriedOut(request, outcome, { hostIsFree, besides: noLongerAsked(view, request) });
}

/** Known, permitted, well-formed and right for the state, in this order. */
function judge(
  view: EpicView,
  { life, tool: name, input }: Omit<ToolRequest, "callId">,
  { tools, deniedTools, profiles, maxTaskRetries, installation = null }: CallRules,
): Judged {
  const tool = tools.find((one) => one.name === name);
  const whose = { role: life.role, task: life.task };
  const { value: mode } = resolveProfile(view.profileSettings, whose, profiles).permissions;
  const calling = { role: life.role, mode, deniedTools };
  const permission = tool ? permissionOf(tool, calling) : "refused";
  if (!tool || permission === "refused" || permission === "denied") {
    const yours = tools.filter((one) => isOffered(permissionOf(one, calling)));
    const names = { role: life.role, tools: yours.map((one) => one.name).join(", ") };
    const why = tool && permission === "denied" ? "denied" : tool ? "refused" : "unknown";
    return { outcome: notYours(name, why, names), permission };
  }
  const prepared: PreparedCall | ToolRefusal = tool.prepare(input);
  if (typeof prepared !== "function") return { outcome: prepared, permission };
  const call = {
    ...{ life, view, name: nameOfAgent(view, life.agent), profiles, installation },
    ...(maxTaskRetries === undefined ? {} : { maxTaskRetries }),
  };
  return { outcome: prepared(call), permission };
}

function isOffered(permission: Permission): boolean {
  return permission === "runs" || permission === "waits";
}

/** A tool that is not yours explains nothing. */
function notYours(
  name: string,
  why: "unknown" | "refused" | "denied",
  { role, tools }: { readonly role: Role; readonly tools: string },
): ToolRefusal {
  const known = {
    unknown: { refused: "no-such-tool", what: `There is no tool ${name}` },
    denied: { refused: "tool-denied", what: `${name} is switched off here by the operator` },
    refused: { refused: "not-permitted", what: `${name} is not for a ${role}` },
  };
  const { refused, what } = known[why];
  return { refused, detail: `${what}. Your tools are: ${tools}.` };
}

/** An approved call, on what is true now: approving spares it no check but the waiting. */
function runStored(
  view: EpicView,
  request: ToolRequest,
  id: string,
  { rules, hostIsFree }: { readonly rules: CallRules; readonly hostIsFree: boolean },
): Change<Decided> {
  const approval = view.approvals.find((one) => one.id === id && one.agent === request.life.agent);
  if (approval?.state !== "APPROVED" || approval.overdue)
    return refusedChange(request, whyNotRun(view, request, { id, approval: approval ?? null }));
  const { tool, input } = approval;
  const { outcome } = judge(view, { life: request.life, tool, input }, rules);
  if ("refused" in outcome) return refusedChange(request, outcome);
  return carriedOut(request, outcome, { hostIsFree, besides: { approvals: [ran(approval)] } });
}

function whyNotRun(
  view: EpicView,
  { life }: ToolRequest,
  { id, approval }: { readonly id: string; readonly approval: Approval | null },
): ToolRefusal {
  if (!approval) {
    const yours = view.approvals.filter((one) => one.agent === life.agent && isOpen(one));
    const which = yours.map((one) => `${one.id} (${one.tool}, ${one.state})`).join(", ");
    return {
      refused: "no-such-approval",
      detail: `No call of yours is called ${id}. Open are: ${which === "" ? "none" : which}.`,
    };
  }
  const words = {
    PENDING: "waits for a person: the decision comes as mail. Go on, or end your turn",
    APPROVED: "was approved, and that has run out: make the call anew",
    DENIED: "was denied, so it will not run: find another way, or ask",
    EXPIRED: "got no answer in time: make the call anew if it is still right",
    RAN: "ran already; its reply was yours then",
    WITHDRAWN: "is not wanted any more",
  }[approval.state];
  return { refused: `approval-${approval.state.toLowerCase()}`, detail: `${id} ${words}.` };
}

/** What runs at once now, because the mode was changed, need not be approved any more. */
function noLongerAsked(view: EpicView, { life, tool, input }: ToolRequest): Decision {
  const wanted = JSON.stringify(input);
  const asked = view.approvals.filter(
    (one) =>
      isOpen(one) &&
      one.agent === life.agent &&
      one.tool === tool &&
      JSON.stringify(one.input) === wanted,
  );
  return asked.length === 0 ? {} : { approvals: asked.map(withdrawn) };
}

type CarryOut = { readonly hostIsFree: boolean; readonly besides: Decision };

function carriedOut(
  request: ToolRequest,
  outcome: Exclude<ToolOutcome, { readonly refused: string }>,
  { hostIsFree, besides }: CarryOut,
): Change<Decided> {
  switch (outcome.kind) {
    case "host":
      return hostIsFree
        ? askedChange(request, outcome.operation, besides)
        : refusedChange(request, hostIsBusy);
    case "reply":
      return repliedChange(request, { decision: besides, ...outcome });
    case "decided":
      return repliedChange(request, { ...outcome, decision: both(outcome.decision, besides) });
    case "approved":
      return refusedChange(request, nestedApproval);
    default:
      return outcome satisfies never;
  }
}

const hostIsBusy: ToolRefusal = {
  refused: "host-busy",
  detail: "Several calls of yours still wait for your host. Wait a minute, then call again.",
};

const nestedApproval: ToolRefusal = {
  refused: "not-permitted",
  detail: "An approval runs a tool, never another approval.",
};

function repliedChange(
  request: ToolRequest,
  {
    decision,
    reply: content,
    notes = [],
  }: {
    readonly decision: Decision;
    readonly reply: unknown;
    readonly notes?: Change<Decided>["notes"];
  },
): Change<Decided> {
  const reply: ToolReply = { isError: false, content };
  const call = { kind: "toolCall", ...request, reply, operation: null } as const;
  return { decision, notes: [call, ...notes], result: { kind: "replied", reply } };
}

function refusedChange(request: ToolRequest, refusal: ToolRefusal): Change<Decided> {
  const reply = errorReply(refusal);
  return {
    decision: {},
    notes: [{ kind: "toolCall", ...request, reply, operation: null }],
    result: { kind: "refused", refusal },
  };
}

function askedChange(
  request: ToolRequest,
  operation: HostOperation,
  besides: Decision,
): Change<Decided> {
  const { life, callId } = request;
  const effects = [{ kind: "hostOperation", agent: life.agent, callId } as const];
  return {
    decision: both(besides, { effects }),
    notes: [{ kind: "toolCall", ...request, reply: null, operation }],
    result: { kind: "asked" },
  };
}
