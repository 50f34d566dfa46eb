import type { LifeIdentity } from "../domain/agent.ts";
import type { HostOperation } from "../domain/effect.ts";
import type { EpicView } from "../domain/epic-view.ts";
import type { Refusal } from "../domain/refusal.ts";
import type { StoredCall } from "../ports/agents.ts";
import type { Change, ToolReply } from "../ports/epics.ts";
import type { Store } from "../ports/store.ts";
import { nameOfAgent } from "./agent-names.ts";
import type { PreparedCall, Tool, ToolRefusal } from "./define-tool.ts";
import { whyStopped } from "./why-stopped.ts";

// One call of a tool: found by its id if it was made before, else decided and stored with its
// reply in one transaction, so that no tool runs twice for one call (A8).

export type ToolRequest = {
  readonly life: LifeIdentity;
  readonly tool: string;
  readonly input: unknown;
  /** Unique within the agent's conversation, across its lives. */
  readonly callId: string;
};

export type ToolPorts = {
  readonly tools: readonly Tool[];
  readonly epics: Pick<Store["epics"], "change">;
  readonly conversations: Pick<Store["conversations"], "call" | "openCalls" | "awaitReply">;
  /** Told once of every call that was refused, for logs and counters (A5). */
  readonly onRefused: (request: ToolRequest, refusal: Refusal) => void;
  readonly limits: ToolLimits;
};

export type ToolLimits = {
  /** How long a call waits for its agent's host before it answers "pending". */
  readonly hostWaitMs: number;
  /** Calls of one agent that may wait for its host at once. */
  readonly maxOpenHostCalls: number;
};

export const defaultToolLimits: ToolLimits = { hostWaitMs: 50_000, maxOpenHostCalls: 4 };

/** How a call was decided under the epic's lock. */
type Decided =
  | { readonly kind: "replied"; readonly reply: ToolReply }
  | { readonly kind: "refused"; readonly refusal: ToolRefusal }
  | { readonly kind: "asked" };

/**
 * Runs one call of a tool.
 *
 * @returns the reply for the model; an error reply says what to do instead
 * @throws {PortError} when the database fails: nothing was done, the same call may be repeated
 */
export async function runTool(request: ToolRequest, ports: ToolPorts): Promise<ToolReply> {
  const stored = await storedCall(request, ports);
  if (stored) return await answerStored(request, stored, ports);
  try {
    const decided = await decideCall(request, ports);
    if (decided.kind === "replied") return decided.reply;
    if (decided.kind === "asked") return await hostReply(request, ports);
    ports.onRefused(request, decided.refusal);
    return errorReply(decided.refusal);
  } catch (error) {
    // The same call may have been stored by a request that overtook this one.
    const overtaking = await storedCall(request, ports);
    if (overtaking) return await answerStored(request, overtaking, ports);
    throw error;
  }
}

/** The reply that tells a model what was wrong and what to do instead. */
export function errorReply({ refused, detail, expected }: ToolRefusal): ToolReply {
  return { isError: true, content: { error: refused, detail, ...(expected ? { expected } : {}) } };
}

function storedCall({ life, callId }: ToolRequest, ports: ToolPorts): Promise<StoredCall | null> {
  return ports.conversations.call(life.epicId, life.agent, callId);
}

async function answerStored(
  request: ToolRequest,
  stored: StoredCall,
  ports: ToolPorts,
): Promise<ToolReply> {
  if (stored.tool === request.tool) return stored.reply ?? (await hostReply(request, ports));
  return errorReply({
    refused: "call-id-used",
    detail: `This call's id belongs to a call of ${stored.tool}. Make a new call.`,
  });
}

async function hostReply(
  { life, callId }: ToolRequest,
  { conversations, limits }: ToolPorts,
): Promise<ToolReply> {
  const wait = limits.hostWaitMs;
  const reply = await conversations.awaitReply(life.epicId, life.agent, callId, wait);
  if (reply) return reply;
  const detail = "Your host is still at it: call again with the same arguments.";
  return { isError: false, content: { pending: callId, detail } };
}

async function decideCall(request: ToolRequest, ports: ToolPorts): Promise<Decided> {
  const { life, tool } = request;
  const prepared = prepare(request, ports.tools);
  const open = await openHostCalls(life, ports);
  return await ports.epics.change(
    life.epicId,
    { what: `tool ${tool}`, actor: life.agent },
    (view) => decideOn(view, request, prepared, open < ports.limits.maxOpenHostCalls),
  );
}

async function openHostCalls(life: LifeIdentity, { conversations }: ToolPorts): Promise<number> {
  const open = await conversations.openCalls(life.epicId, life.agent);
  return open.filter((call) => call.operation !== null).length;
}

/** Known, permitted and well-formed, in this order: a tool that is not yours explains nothing. */
function prepare(
  { life, tool: name, input }: ToolRequest,
  tools: readonly Tool[],
): PreparedCall | ToolRefusal {
  const tool = tools.find((one) => one.name === name);
  if (tool?.needs.includes(life.role)) return tool.prepare(input);
  const yours = tools.filter((one) => one.needs.includes(life.role)).map((one) => one.name);
  const what = tool ? `${name} is not for a ${life.role}` : `There is no tool ${name}`;
  return {
    refused: tool ? "not-permitted" : "no-such-tool",
    detail: `${what}. Your tools are: ${yours.join(", ")}.`,
  };
}

function decideOn(
  view: EpicView,
  request: ToolRequest,
  prepared: PreparedCall | ToolRefusal,
  hostIsFree: boolean,
): Change<Decided> {
  const { life } = request;
  const stopped = whyStopped(view, life);
  if (stopped) return refusedChange(request, stopped);
  if (typeof prepared !== "function") return refusedChange(request, prepared);
  const outcome = prepared({ life, view, name: nameOfAgent(view, life.agent) });
  if ("refused" in outcome) return refusedChange(request, outcome);
  if (outcome.kind === "host")
    return hostIsFree ? askHost(request, outcome.operation) : refusedChange(request, hostIsBusy);
  const reply: ToolReply = { isError: false, content: outcome.reply };
  const call = { kind: "toolCall", ...request, reply, operation: null } as const;
  return {
    decision: outcome.kind === "decided" ? outcome.decision : {},
    notes: [call, ...(outcome.kind === "reply" ? (outcome.notes ?? []) : [])],
    result: { kind: "replied", reply },
  };
}

const hostIsBusy: ToolRefusal = {
  refused: "host-busy",
  detail: "Several calls of yours still wait for your host. Wait a minute, then call again.",
};

function refusedChange(request: ToolRequest, refusal: ToolRefusal): Change<Decided> {
  const reply = errorReply(refusal);
  return {
    decision: {},
    notes: [{ kind: "toolCall", ...request, reply, operation: null }],
    result: { kind: "refused", refusal },
  };
}

function askHost(request: ToolRequest, operation: HostOperation): Change<Decided> {
  const { life, callId } = request;
  return {
    decision: { effects: [{ kind: "hostOperation", agent: life.agent, callId }] },
    notes: [{ kind: "toolCall", ...request, reply: null, operation }],
    result: { kind: "asked" },
  };
}
