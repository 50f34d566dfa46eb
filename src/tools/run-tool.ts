import type { LifeIdentity } from "../domain/agent.ts";
import type { Refusal } from "../domain/refusal.ts";
import type { StoredCall } from "../ports/agents.ts";
import type { ToolReply } from "../ports/epics.ts";
import type { Store } from "../ports/store.ts";
import {
  type CallRules,
  type Decided,
  decideCall,
  errorReply,
  type ToolRequest,
} from "./decide-call.ts";
import type { HoldLimits } from "./hold-call.ts";

// One call of a tool: found by its id if it was made before, else decided and stored with its
// reply in one transaction, so that no tool runs twice for one call (A8).

export type ToolPorts = CallRules & {
  readonly epics: Pick<Store["epics"], "change" | "installation">;
  readonly conversations: Pick<Store["conversations"], "call" | "openCalls" | "awaitReply" | "log">;
  /** Told once of every call that was refused, for logs and counters (A5). */
  readonly onRefused: (request: ToolRequest, refusal: Refusal) => void | Promise<void>;
  readonly limits: ToolLimits;
};

export type ToolLimits = HoldLimits & {
  /** How long a call waits for its agent's host before it answers "pending". */
  readonly hostWaitMs: number;
  /** Calls of one agent that may wait for its host at once. */
  readonly maxOpenHostCalls: number;
  /** Refusals in a row of a step to landing after which whoever can help is told. */
  readonly tellRefusalsAfter: number;
};

const dayMs = 86_400_000;

export const defaultToolLimits: ToolLimits = {
  hostWaitMs: 50_000,
  maxOpenHostCalls: 4,
  tellRefusalsAfter: 5,
  approvalMs: dayMs,
  maxPendingApprovals: 5,
};

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
    const decided = await decideNow(request, ports);
    if (decided.kind === "replied") return decided.reply;
    if (decided.kind === "asked") return await hostReply(request, ports);
    await ports.onRefused(request, decided.refusal);
    return errorReply(decided.refusal);
  } catch (error) {
    // The same call may have been stored by a request that overtook this one.
    const overtaking = await storedCall(request, ports);
    if (overtaking) return await answerStored(request, overtaking, ports);
    await logFailure(request, error, ports);
    throw error;
  }
}

/** The database's own failure cannot be stored: the process's log has that one. */
async function logFailure(
  { life, tool, callId }: ToolRequest,
  error: unknown,
  { conversations }: ToolPorts,
): Promise<void> {
  if (error instanceof Error && "retryable" in error) return;
  const detail = { callId, error: error instanceof Error ? error.message : String(error) };
  await conversations.log(life, { what: `tool ${tool} failed`, detail });
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
  const refusal = {
    refused: "call-id-used",
    detail: `This call's id belongs to a call of ${stored.tool}. Make a new call.`,
  };
  await ports.onRefused(request, refusal);
  return errorReply(refusal);
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

/** Logged before as well as after: a call that breaks the product leaves a trace too (A11). */
async function decideNow(request: ToolRequest, ports: ToolPorts): Promise<Decided> {
  const { life, tool, input, callId } = request;
  await ports.conversations.log(life, { what: `tool ${tool}`, detail: { callId, input } });
  const open = await openHostCalls(life, ports);
  const hostIsFree = open < ports.limits.maxOpenHostCalls;
  const isAbove = life.role === "orchestrator";
  const installation = isAbove ? await ports.epics.installation(life.epicId) : null;
  return await ports.epics.change(
    life.epicId,
    { what: `tool ${tool}`, actor: life.agent },
    (view) => decideCall(view, request, { rules: { ...ports, installation }, hostIsFree }),
  );
}

async function openHostCalls(life: LifeIdentity, { conversations }: ToolPorts): Promise<number> {
  const open = await conversations.openCalls(life.epicId, life.agent);
  return open.filter((call) => call.operation !== null).length;
}
