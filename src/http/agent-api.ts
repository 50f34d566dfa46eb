import type { LifeIdentity } from "../domain/agent.ts";
import type { Epic } from "../domain/epic.ts";
import type { Installation } from "../domain/installation.ts";
import type { Mail } from "../domain/mail.ts";
import type { Question } from "../domain/question.ts";
import type { Role } from "../domain/states.ts";
import type { Task } from "../domain/task.ts";
import type { Clock } from "../lib/clock.ts";
import type { Store } from "../ports/store.ts";
import { agentCompactions } from "./agent-compactions.ts";
import { agentLocalCalls } from "./agent-local-calls.ts";
import { agentSession } from "./agent-session.ts";
import { agentStart } from "./agent-start.ts";
import { agentTurns } from "./agent-turns.ts";
import { agentWait } from "./agent-wait.ts";
import { type BodyRoom, type EnterBody, withBody } from "./body-room.ts";
import type { IdentifyCaller } from "./identify-caller.ts";
import type { PerLifeLimits } from "./per-life.ts";
import { defaultBodyTimeoutMs } from "./read-body.ts";
import type { Reply } from "./reply.ts";
import type { Exchange, Route } from "./route.ts";
import { type Strike, saysMisuse } from "./strikes.ts";

// What a runner asks of the product, apart from tools and models: its conversation, the journal of
// its local tools, and mail. Every request is a heartbeat of its life.

/** The words of roles; they are the agents' and kept apart from how they travel. */
export type Prompts = {
  readonly systemPrompt: (role: Role) => string;
  readonly supervisorFirstMessage: (epic: Epic) => string;
  readonly workerFirstMessage: (epic: Epic, task: Task) => string;
  readonly orchestratorFirstMessage: (
    epic: Epic,
    question: Question,
    installation: Installation,
  ) => string;
  readonly mailMessage: (mails: readonly Mail[]) => string;
};

/** What a runner keeps to; it is told when it starts. */
export type RunnerLimits = {
  /** Without mail for so long it ends; mail starts another life. */
  readonly idleMs: number;
  /** Model calls of one life. */
  readonly maxTurns: number;
  readonly toolTimeoutMs: number;
  readonly toolOutputBytes: number;
  /** A question larger than this part of the model's window is preceded by a compaction. */
  readonly compactAtPercent: number;
  /** About as much of the window is kept whole by one. */
  readonly compactKeepPercent: number;
  readonly summaryTokens: number;
  /** One answer of a model may take so long, and what comes after so many bytes is not read. */
  readonly answerMs: number;
  readonly answerBytes: number;
  /** Weather that lasts longer ends a life. */
  readonly patienceMs: number;
  /** The same call so often in a row is a loop. */
  readonly sameCallTimes: number;
  /** Answers in a row that call what no tool can take. */
  readonly wrongCallTimes: number;
  /** Answers in a row that are empty or cut off. */
  readonly emptyAnswerTimes: number;
};

export const defaultRunnerLimits: RunnerLimits = {
  idleMs: 20_000,
  maxTurns: 200,
  toolTimeoutMs: 120_000,
  toolOutputBytes: 30_000,
  compactAtPercent: 75,
  compactKeepPercent: 20,
  summaryTokens: 4_000,
  answerMs: 600_000,
  answerBytes: 1_000_000,
  patienceMs: 900_000,
  sameCallTimes: 3,
  wrongCallTimes: 3,
  emptyAnswerTimes: 3,
};

/** Output tokens a runner may ask for in one model call. */
export const defaultMaxTokens = 16_000;

export type AgentApi = {
  readonly epics: Pick<Store["epics"], "change" | "view" | "installation">;
  readonly conversations: Store["conversations"];
  readonly prompts: Prompts;
  /** A model's full id, from an alias or an id. */
  readonly modelId: (model: string) => string;
  readonly maxTokens: number;
  /** What a model's window holds, by its id. */
  readonly contextTokens: (modelId: string) => number;
  readonly limits: RunnerLimits;
  readonly perLife: PerLifeLimits;
  /** The longest one request waits for mail; 55,000. */
  readonly longestPollMs?: number;
  readonly clock: Clock;
};

/** A conversation's turn may carry what a model can read: a few images' worth. */
export const agentBodyLimits = { maxBytes: 32 * 1024 * 1024, timeoutMs: defaultBodyTimeoutMs };

export type LifeExchange = Exchange & {
  readonly room: BodyRoom;
  readonly life: LifeIdentity;
  /** As sessions and folders of hosts are called. */
  readonly lifeName: string;
};

/** A route whose caller is known: which life it is, by its token. */
export type LifeRoute = Omit<Route, "answer"> & {
  /** For so long an answer that takes its time counts as progress of the life. */
  readonly busyForMs?: number;
  readonly answer: (exchange: LifeExchange) => Promise<Reply | "sent">;
};

export function agentRoutes(
  api: AgentApi,
  identify: IdentifyCaller,
  strike: Strike,
  enterBody: EnterBody,
): readonly Route[] {
  return [
    agentStart(api),
    agentTurns(api),
    agentSession(api),
    agentCompactions(api),
    agentLocalCalls(api),
    agentWait(api),
  ].map((route) => forLife(route, identify, strike, enterBody));
}

/** Lets only lives in, as far as there is room, and counts what they send that is broken or oversized. */
export function forLife(
  route: LifeRoute,
  identify: IdentifyCaller,
  strike: Strike,
  enterBody: EnterBody,
): Route {
  return {
    ...route,
    answer: async (exchange) => {
      const caller = await identify(exchange.req, route.busyForMs);
      if (caller.kind === "refused") return caller.reply;
      const { life, lifeName } = caller;
      const { maxBytes } = agentBodyLimits;
      const reply = await withBody(enterBody(life, exchange.req, maxBytes), exchange.req, (one) =>
        route.answer({ ...exchange, ...one, life, lifeName }),
      );
      const status = reply === "sent" ? exchange.res.statusCode : reply.status;
      if (saysMisuse(status)) await strike(life, `${route.path} answered ${status}`);
      return reply;
    },
  };
}
