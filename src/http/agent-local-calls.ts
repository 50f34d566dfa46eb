import { z } from "zod";
import type { LifeIdentity } from "../domain/agent.ts";
import type { StoredCall } from "../ports/agents.ts";
import type { AgentApi } from "./agent-ports.ts";
import { readJson } from "./json-body.ts";
import { agentBodyLimits, type LifeRoute } from "./life-route.ts";
import { type Reply, refusal } from "./reply.ts";

// The journal of tools that run in the cell: begun before, answered after, so that a new life knows
// which of them ran, and which may have (A8).

const callId = z.string().regex(/^[\w.:-]{1,200}$/);
const tool = z.string().regex(/^[a-z][a-z0-9_]{0,63}$/);

const entry = z.discriminatedUnion("state", [
  z.object({ state: z.literal("started"), callId, tool, input: z.unknown().optional() }),
  z.object({ state: z.literal("done"), callId, tool: tool.optional(), result: z.unknown() }),
]);
type Entry = z.output<typeof entry>;
type Started = Extract<Entry, { readonly state: "started" }>;
type Done = Extract<Entry, { readonly state: "done" }>;

export function agentLocalCalls(api: AgentApi): LifeRoute {
  return {
    method: "POST",
    path: "/agent/local-calls",
    answer: async ({ req, life, room }) => {
      const body = await readJson({ req, room }, entry, agentBodyLimits);
      if (body.kind === "refused") return body.reply;
      return body.value.state === "started"
        ? await begin(body.value, life, api)
        : await finish(body.value, life, api);
    },
  };
}

async function begin(call: Started, life: LifeIdentity, api: AgentApi): Promise<Reply> {
  const known = await find(call.callId, life, api);
  if (known) return begunBefore(known, life);
  try {
    await api.epics.change(life.epicId, causeOf(call.tool, life), () => ({
      decision: {},
      notes: [
        {
          kind: "toolCall",
          life,
          callId: call.callId,
          tool: call.tool,
          input: call.input ?? {},
          reply: null,
          operation: null,
        },
      ],
      result: null,
    }));
  } catch (error) {
    // Two requests for the same call: the other one has begun it.
    const overtaking = await find(call.callId, life, api);
    if (overtaking) return begunBefore(overtaking, life);
    throw error;
  }
  return { status: 200, body: { state: "started" } };
}

/** A call another life began and never finished may have run, or half of it: it is not run again. */
function begunBefore(known: StoredCall, life: LifeIdentity): Reply {
  if (known.reply) return { status: 200, body: { state: "done", result: known.reply.content } };
  const state = known.life === life.life ? "started" : "interrupted";
  return { status: 200, body: { state } };
}

async function finish(call: Done, life: LifeIdentity, api: AgentApi): Promise<Reply> {
  const known = await find(call.callId, life, api);
  if (!known || known.operation !== null)
    return refusal(404, "notStarted", `No local call ${call.callId} was started.`);
  if (known.reply) return { status: 204, body: null };
  const reply = { isError: saysError(call.result), content: call.result };
  await api.epics.change(life.epicId, causeOf(known.tool, life), () => ({
    decision: {},
    notes: [{ kind: "toolReply", agent: life.agent, callId: call.callId, reply }],
    result: null,
  }));
  return { status: 204, body: null };
}

function find(id: string, life: LifeIdentity, api: AgentApi): Promise<StoredCall | null> {
  return api.conversations.call(life.epicId, life.agent, id);
}

function causeOf(toolName: string, life: LifeIdentity) {
  return { what: `local tool ${toolName}`, actor: life.agent };
}

function saysError(result: unknown): boolean {
  return typeof result === "object" && result !== null && "isError" in result
    ? result.isError === true
    : false;
}
