import type { LifeIdentity } from "../domain/agent.ts";
import { lifeStarted } from "../domain/decide-agent.ts";
import { agentOf, applied, taskOf } from "../domain/decision.ts";
import type { EpicView } from "../domain/epic-view.ts";
import { nameOfAgent } from "../domain/name-of-agent.ts";
import { orchestratorKey } from "../domain/question.ts";
import type { RecentTurns, Turn } from "../ports/agents.ts";
import { whyStopped } from "../tools/why-stopped.ts";
import type { AgentApi } from "./agent-ports.ts";
import type { LifeRoute } from "./life-route.ts";
import { type MailTurn, mailTurn, takeMailNotes, takenMail } from "./mail-turn.ts";
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
      const recent = await conversation(view, life, api);
      if (!recent) return superseded;
      return await brief(view, { life, recent }, api);
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
  { life, recent }: { readonly life: LifeIdentity; readonly recent: RecentTurns },
  { conversations, prompts, limits, perLife, ...api }: AgentApi,
): Promise<Reply> {
  const open = await conversations.openCalls(life.epicId, life.agent);
  const notes = await conversations.sessionNotes(life.epicId, life.agent);
  const model = api.modelId(agentOf(view, life.agent)?.model ?? "");
  return {
    status: 200,
    body: {
      agent: nameOfAgent(view, life.agent),
      life: life.life,
      role: life.role,
      model,
      maxTokens: api.maxTokens,
      system: prompts.systemPrompt(life.role),
      messages: recent.turns,
      nextSeq: recent.nextSeq,
      compaction: recent.compaction,
      sessionNotes: notes,
      openCalls: open.map(({ callId, tool }) => ({ callId, tool })),
      limits: {
        ...limits,
        contextTokens: api.contextTokens(model),
        turnBytes: perLife.turnBytes,
      },
    },
  };
}

/** The first turn and any mail a life took but did not live to store are added. */
async function conversation(
  view: EpicView,
  life: LifeIdentity,
  api: AgentApi,
): Promise<RecentTurns | null> {
  const { conversations } = api;
  const recent = await conversations.recent(life.epicId, life.agent);
  const { turns, nextSeq } = recent;
  const missing =
    nextSeq === 0
      ? await firstTurn(view, life, api)
      : (await takenMail(life, nextSeq, conversations))?.turn;
  if (!missing) return recent;
  const isOurs = await conversations.append(life, nextSeq, missing);
  return isOurs ? { ...recent, turns: [...turns, missing], nextSeq: nextSeq + 1 } : null;
}

/** With the mail that was there before the agent: what it has to know about its start, above all. */
async function firstTurn(view: EpicView, life: LifeIdentity, api: AgentApi): Promise<Turn> {
  const { conversations } = api;
  const first = await firstWords(view, life, api);
  const mail = (await takenMail(life, 0, conversations)) ?? (await takeEarlyMail(life, api));
  return { role: "user", content: mail === null ? first : `${first}\n\n${mail.text}` };
}

async function firstWords(
  view: EpicView,
  life: LifeIdentity,
  { prompts, epics }: AgentApi,
): Promise<string> {
  if (life.role === "orchestrator") {
    const question = view.questions.find((one) => orchestratorKey(one) === life.agent);
    if (!question) throw new Error(`${life.agent} of epic ${life.epicId} has no question`);
    const installation = await epics.installation(life.epicId);
    return prompts.orchestratorFirstMessage(view.epic, question, installation);
  }
  const task = life.task === null ? null : taskOf(view, life.task);
  return task
    ? prompts.workerFirstMessage(view.epic, task)
    : prompts.supervisorFirstMessage(view.epic);
}

async function takeEarlyMail(
  life: LifeIdentity,
  { epics, prompts }: AgentApi,
): Promise<MailTurn | null> {
  const cause = { what: "agent begins", actor: life.agent };
  return await epics.change(life.epicId, cause, (view) => {
    const mails = view.unreadMail.filter((mail) => mail.to === life.agent);
    if (mails.length === 0) return { decision: {}, result: null };
    const mail = mailTurn(0, prompts.mailMessage(mails));
    const ids = mails.map(({ id }) => id);
    return { decision: {}, notes: takeMailNotes(life, ids, mail), result: mail };
  });
}
