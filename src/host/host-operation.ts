import { type AgentKey, taskOfAgent } from "../domain/agent.ts";
import { operationNotAccepted } from "../domain/decide-tool-broke.ts";
import { both } from "../domain/decision.ts";
import type { HostOperation } from "../domain/effect.ts";
import type { Decision, EpicView } from "../domain/epic-view.ts";
import { isRefusal, type Refusal } from "../domain/refusal.ts";
import { PortError } from "../lib/port-error.ts";
import type { StoredCall } from "../ports/agents.ts";
import type { ToolReply } from "../ports/epics.ts";
import { commitWork } from "./commit-work.ts";
import type { HostPorts } from "./host-ports.ts";
import { mergeEpicInto } from "./merge-epic.ts";
import { type OperationOutcome, readDiff, readFile } from "./read-objects.ts";

/** Does what a tool asked of this host and stores the reply with what it decided. */
export async function performHostOperation(
  view: EpicView,
  agent: AgentKey,
  callId: string,
  ports: HostPorts,
): Promise<void> {
  const call = await ports.store.conversations.call(view.epic.id, agent, callId);
  if (!call?.operation || call.reply) return;
  const outcome = await verdictOf(() => perform(view, call, call.operation, ports));
  await storeOutcome(view, { agent, callId, tool: call.tool }, outcome, ports);
}

const notAccepted = "not-accepted";

/** What an agent handed over may be refused by git itself: that is the agent's to know. */
async function verdictOf(work: () => Promise<OperationOutcome>): Promise<OperationOutcome> {
  try {
    return await work();
  } catch (error) {
    if (!(error instanceof PortError) || error.retryable) throw error;
    return { refused: notAccepted, detail: error.message };
  }
}

async function perform(
  view: EpicView,
  call: StoredCall,
  operation: HostOperation | null,
  ports: HostPorts,
): Promise<OperationOutcome> {
  if (operation === null) throw new Error(`call ${call.callId} asks nothing of its host`);
  switch (operation.kind) {
    case "commit":
      return await commitWork(view, operation, call, ports);
    case "rebase":
      return await mergeEpicInto(view, operation, call, ports);
    case "readDiff":
      return await readDiff(view, operation, ports);
    case "readFile":
      return await readFile(view, operation, ports);
    default:
      return operation satisfies never;
  }
}

async function storeOutcome(
  view: EpicView,
  call: { readonly agent: AgentKey; readonly callId: string; readonly tool: string },
  outcome: OperationOutcome,
  { store }: HostPorts,
): Promise<void> {
  const { agent, callId } = call;
  await store.epics.change(view.epic.id, { what: `tool ${call.tool}`, actor: agent }, (now) => {
    const decision = "decide" in outcome ? outcome.decide(now) : {};
    const reply = isRefusal(decision) ? refusal(decision) : replyOf(outcome);
    return {
      decision: isRefusal(decision) ? {} : both(decision, toldSupervisor(now, call, outcome)),
      notes: [{ kind: "toolReply", agent, callId, reply }],
      result: null,
    };
  });
}

function toldSupervisor(
  view: EpicView,
  { agent, tool }: { readonly agent: AgentKey; readonly tool: string },
  outcome: OperationOutcome,
): Decision {
  const task = taskOfAgent(agent);
  if (task === null || !isRefusal(outcome) || outcome.refused !== notAccepted) return {};
  return operationNotAccepted(view, { task, tool, reason: outcome.detail });
}

function replyOf(outcome: OperationOutcome): ToolReply {
  return isRefusal(outcome) ? refusal(outcome) : { isError: false, content: outcome.reply };
}

function refusal({ refused, detail }: Refusal): ToolReply {
  return { isError: true, content: { error: refused, detail } };
}
