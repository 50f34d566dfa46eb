import type { Epic } from "../domain/epic.ts";
import type { Installation } from "../domain/installation.ts";
import type { Mail } from "../domain/mail.ts";
import type { Question } from "../domain/question.ts";
import type { Role } from "../domain/states.ts";
import type { Task } from "../domain/task.ts";
import type { Clock } from "../lib/clock.ts";
import type { Store } from "../ports/store.ts";
import type { PerLifeLimits } from "./per-life.ts";

// What the routes of runners are built on.

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
