import type { LifeIdentity } from "../domain/agent.ts";
import { lifeStarted } from "../domain/decide-agent.ts";
import { agentOf, applied, taskOf } from "../domain/decision.ts";
import type { EpicView } from "../domain/epic-view.ts";
import type { Turn } from "../ports/agents.ts";
import { nameOfAgent } from "../tools/agent-names.ts";
import { whyStopped } from "../tools/why-stopped.ts";
import type { AgentApi, LifeRoute, Prompts } from "./agent-api.ts";
import { takenMail } from "./mail-turn.ts";
import { type Reply, refusal } from "./reply.ts";

// A life begins: it is told who it is and gets its agent's whole conversation, wherever an earlier
// life left it.

export function agentStart(api: AgentApi): LifeRoute {
  return {
    method: "GET",
    path: "/agent/start",
    answer: async ({ life, lifeName }) => {
      const cause = { what: `life ${lifeName} started`, actor: life.agent };
      const view = await api.epics.change(life.epicId, cause, (before) => {
        const decision = lifeStarted(before, life.agent, life.life);
        const holds = { kind: "holdsLife", agent: life.agent, life: life.life } as const;
        return {
          decision,
          notes: decision.agents ? [holds] : [],
          result: applied(before, decision),
        };
      });
      const stopped = whyStopped(view, life);
      if (stopped) return refusal(409, stopped.refused, stopped.detail);
      const turns = await conversation(view, life, api);
      if (!turns) return superseded;
      return await brief(view, { life, turns }, api);
    },
  };
}

export const superseded: Reply = refusal(
  409,
  "dead-life",
  "A newer life of this agent has taken over: end now.",
);

async function brief(
  view: EpicView,
  { life, turns }: { readonly life: LifeIdentity; readonly turns: readonly Turn[] },
  { conversations, prompts, limits, maxTokens, modelId }: AgentApi,
): Promise<Reply> {
  if (life.role === "orchestrator") throw new Error("An orchestrator has no prompt to start with");
  const open = await conversations.openCalls(life.epicId, life.agent);
  return {
    status: 200,
    body: {
      agent: nameOfAgent(view, life.agent),
      life: life.life,
      role: life.role,
      model: modelId(agentOf(view, life.agent)?.model ?? ""),
      maxTokens,
      system: prompts.systemPrompt(life.role),
      messages: turns,
      openCalls: open.map(({ callId, tool }) => ({ callId, tool })),
      limits,
    },
  };
}

/** Every turn so far, the first and any mail a life took but did not live to store included. */
async function conversation(
  view: EpicView,
  life: LifeIdentity,
  { conversations, prompts }: AgentApi,
): Promise<readonly Turn[] | null> {
  const turns = await conversations.turns(life.epicId, life.agent);
  const missing =
    turns.length === 0
      ? firstTurn(view, life, prompts)
      : (await takenMail(life, turns.length, conversations))?.turn;
  if (!missing) return turns;
  const isOurs = await conversations.append(life, turns.length, missing);
  return isOurs ? [...turns, missing] : null;
}

function firstTurn(view: EpicView, life: LifeIdentity, prompts: Prompts): Turn {
  const task = life.task === null ? null : taskOf(view, life.task);
  const content = task
    ? prompts.workerFirstMessage(view.epic, task)
    : prompts.supervisorFirstMessage(view.epic);
  return { role: "user", content };
}
