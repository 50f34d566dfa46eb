import { z } from "zod";
import { agentWaits } from "../domain/decide-agent.ts";
import type { EpicView } from "../domain/epic-view.ts";
import type { Turn } from "../ports/agents.ts";
import type { Change } from "../ports/epics.ts";
import { whyStopped } from "../tools/why-stopped.ts";
import type { AgentApi } from "./agent-ports.ts";
import { superseded } from "./agent-start.ts";
import { readJson } from "./json-body.ts";
import type { LifeExchange, LifeRoute } from "./life-route.ts";
import { type MailTurn, mailTurn, takeMailNotes, takenMail } from "./mail-turn.ts";
import { defaultBodyTimeoutMs } from "./read-body.ts";
import type { Reply } from "./reply.ts";

// An agent that ended its turn waits here for mail, at no cost.

/** Below every time-out on the way: the broker's, proxies', the runner's. */
const defaultLongestPollMs = 55_000;
/** An agent that is paused or done is told within this time. */
const recheckMs = 2_000;
const longestIdleMs = 24 * 3_600_000;
const maxWaitBodyBytes = 10_000;

const waiting = z.object({ idleMs: z.int().min(0).max(longestIdleMs).optional() });
const bodyLimits = { maxBytes: maxWaitBodyBytes, timeoutMs: defaultBodyTimeoutMs };

type Answer =
  | { readonly kind: "mail"; readonly mail: MailTurn }
  | { readonly kind: "nothing" }
  | { readonly kind: "sleep" }
  | { readonly kind: "stop"; readonly reason: string };

export function agentWait(api: AgentApi): LifeRoute {
  return {
    method: "POST",
    path: "/agent/wait",
    busyForMs: api.longestPollMs ?? defaultLongestPollMs,
    answer: async (exchange) => {
      const body = await readJson(exchange, waiting, bodyLimits);
      if (body.kind === "refused") return body.reply;
      const idleMs = body.value.idleMs ?? api.limits.idleMs;
      const seq = await api.conversations.nextSeq(exchange.life.epicId, exchange.life.agent);
      const answer = await awaitMail(exchange, { idleMs, seq }, api);
      return answer === "gone" ? "sent" : await replyTo(answer, exchange, api);
    },
  };
}

type Wait = { readonly idleMs: number; readonly seq: number };

async function awaitMail(
  exchange: LifeExchange,
  { idleMs, seq }: Wait,
  api: AgentApi,
): Promise<Answer | "gone"> {
  const { life, res } = exchange;
  const pollEndMs = api.clock.nowMs() + (api.longestPollMs ?? defaultLongestPollMs);
  const taken = await takenMail(life, seq, api.conversations);
  if (taken) return { kind: "mail", mail: taken };
  for (;;) {
    if (res.destroyed) return "gone";
    const answer = await takeMail(exchange, seq, api);
    if (answer.kind !== "nothing") return answer;
    // Idleness runs on from poll to poll: no single one is as long as a patient agent waits.
    const idleLeftMs = idleMs - (await api.conversations.waitedMs(life.epicId, life.agent));
    if (idleLeftMs <= 0) return { kind: "sleep" };
    const nowMs = api.clock.nowMs();
    if (nowMs >= pollEndMs) return answer;
    await untilMailOrStop(exchange, Math.min(pollEndMs, nowMs + idleLeftMs), api);
  }
}

/** Takes all unread mail for turn `seq`, or says that the agent waits for some. */
async function takeMail({ life }: LifeExchange, seq: number, api: AgentApi): Promise<Answer> {
  const cause = { what: "agent waits", actor: life.agent };
  const decide = (view: EpicView): Change<Answer> => {
    const stopped = whyStopped(view, life);
    if (stopped) return { decision: {}, result: { kind: "stop", reason: stopped.detail } };
    const mails = view.unreadMail.filter((mail) => mail.to === life.agent);
    if (mails.length === 0)
      return { decision: agentWaits(view, life.agent, true), result: { kind: "nothing" } };
    const mail = mailTurn(seq, api.prompts.mailMessage(mails));
    const ids = mails.map(({ id }) => id);
    return {
      decision: agentWaits(view, life.agent, false),
      notes: takeMailNotes(life, ids, mail),
      result: { kind: "mail", mail },
    };
  };
  try {
    return await api.epics.change(life.epicId, cause, decide);
  } catch (error) {
    // A wait whose connection broke may still have been at it, and has taken the mail for this turn.
    const taken = await takenMail(life, seq, api.conversations);
    if (taken) return { kind: "mail", mail: taken };
    throw error;
  }
}

async function untilMailOrStop(
  { life, res }: LifeExchange,
  untilMs: number,
  { conversations, epics, clock }: AgentApi,
): Promise<void> {
  while (!res.destroyed) {
    const leftMs = untilMs - clock.nowMs();
    if (leftMs <= 0) return;
    const waitMs = Math.min(leftMs, recheckMs);
    if (await conversations.awaitMail(life.epicId, life.agent, waitMs)) return;
    if (whyStopped(await epics.view(life.epicId), life)) return;
  }
}

async function replyTo(answer: Answer, { life }: LifeExchange, api: AgentApi): Promise<Reply> {
  if (answer.kind !== "mail") return { status: 200, body: answer };
  const { seq, text, turn }: { seq: number; text: string; turn: Turn } = answer.mail;
  const isOurs = await api.conversations.append(life, seq, turn);
  return isOurs ? { status: 200, body: { kind: "mail", text, seq } } : superseded;
}
