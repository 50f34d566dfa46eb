import type {
  ContentBlockParam,
  MessageParam,
  ToolResultBlockParam,
} from "@anthropic-ai/sdk/resources/messages";
import type { LifeLimits, ToolResult } from "../factory-api.ts";
import { noticeLoop } from "../notice-loop.ts";
import { EXIT, RunnerEnd } from "../runner-end.ts";
import { NO_ANSWER, runnersWord } from "../runner-words.ts";
import type { Talk } from "../talk.ts";
import { newestTurn } from "../transcript.ts";
import { callsOf } from "../turn-parts.ts";
import { fitResults } from "./fit-results.ts";

// What Claude Code says becomes turns of the conversation, one after the other: an answer when it is
// whole, the results of its calls when all are there. No call runs before its answer is stored.

export type Recorder = {
  /** Names the model is offered. */
  readonly offer: (tools: readonly string[]) => void;
  readonly addAnswer: (content: readonly ContentBlockParam[]) => void;
  readonly addResults: (results: readonly ToolResultBlockParam[]) => void;
  /** Resolves once the answer that asks for the call is stored, with why it must not run, or null. */
  readonly whyNot: (callId: string) => Promise<string | null>;
  /** Resolves once all is stored that was said so far. */
  readonly settled: () => Promise<void>;
  /** Answers stored by this life. */
  readonly answers: () => number;
};

export type RecorderOptions = {
  readonly talk: Talk;
  readonly limits: LifeLimits;
  /** Told of a call's result before it is stored with its turn. */
  readonly onResult: (callId: string, result: ToolResult) => Promise<void>;
  /** Told of what ends the life. */
  readonly onFailure: (error: unknown) => void;
};

const ASKED_ON = runnersWord("Go on.");
const NO_RESULT = runnersWord("This call was interrupted: it has no result.");

export function createRecorder(options: RecorderOptions): Recorder {
  const { talk, limits, onResult, onFailure } = options;
  const tools = new Set<string>();
  const results = new Map<string, ToolResultBlockParam>();
  const verdicts = new Map<string, PromiseWithResolvers<string | null>>();
  let nudge: string | null = null;
  let answers = 0;
  let chain: Promise<void> = Promise.resolve();
  const next = (work: () => Promise<void>): void => {
    chain = chain.then(work);
    chain.catch(onFailure);
  };
  const verdictOf = (callId: string) => {
    const known = verdicts.get(callId) ?? Promise.withResolvers<string | null>();
    verdicts.set(callId, known);
    return known;
  };

  const storeAnswer = async (answer: MessageParam): Promise<void> => {
    await closeOpenTurn(talk, results);
    await talk.add(answer);
    answers += 1;
    if (answers > limits.maxTurns)
      throw new RunnerEnd(EXIT.turns, `${limits.maxTurns} turns are this life's limit`);
    const loop = noticeLoop(talk.sinceBirth(), tools, limits);
    if (loop.kind === "end") await endForLoop(talk, answer, loop.reason);
    nudge = loop.kind === "nudge" ? loop.text : null;
    for (const { id } of callsOf(answer)) verdictOf(id).resolve(nudge);
  };
  const storeResults = async (): Promise<void> => {
    const newest = newestTurn(talk.transcript());
    const calls = newest.role === "assistant" ? callsOf(newest) : [];
    const found = calls.flatMap(({ id }) => results.get(id) ?? []);
    if (calls.length === 0 || found.length < calls.length) return;
    for (const block of found) await onResult(block.tool_use_id, resultOf(block));
    const told: ContentBlockParam[] = nudge === null ? [] : [{ type: "text", text: nudge }];
    await talk.add({ role: "user", content: [...fitResults(found, limits.turnBytes), ...told] });
    for (const { id } of calls) results.delete(id);
  };

  return {
    offer: (names) => {
      for (const name of names) tools.add(name);
    },
    addAnswer: (content) => {
      const said = content.filter((block) => block.type !== "text" || block.text.trim() !== "");
      const whole: ContentBlockParam[] =
        said.length === 0 ? [{ type: "text", text: NO_ANSWER }] : said;
      next(() => storeAnswer({ role: "assistant", content: whole }));
      next(storeResults);
    },
    addResults: (blocks) => {
      for (const block of blocks) results.set(block.tool_use_id, block);
      next(storeResults);
    },
    whyNot: (callId) => verdictOf(callId).promise,
    settled: () => chain,
    answers: () => answers,
  };
}

/** Turns alternate: whatever makes Claude Code ask on by itself stands as a turn of the user's. */
async function closeOpenTurn(
  talk: Talk,
  results: Map<string, ToolResultBlockParam>,
): Promise<void> {
  const newest = newestTurn(talk.transcript());
  if (newest.role !== "assistant") return;
  const calls = callsOf(newest);
  const blocks = calls.map(({ id }) => results.get(id) ?? failedResult(id, NO_RESULT));
  await talk.add({ role: "user", content: calls.length === 0 ? ASKED_ON : blocks });
}

/** Its calls are answered all the same: the next life reads why this one ended. */
async function endForLoop(talk: Talk, answer: MessageParam, reason: string): Promise<never> {
  const refused = runnersWord(
    `Not run. Your last process was ended because you repeated yourself: ${reason}. Go another way, or ask for help.`,
  );
  const content = callsOf(answer).map(({ id }) => failedResult(id, refused));
  await talk.add({ role: "user", content: content.length === 0 ? refused : content });
  throw new RunnerEnd(EXIT.loop, `it went in circles: ${reason}`);
}

function failedResult(callId: string, content: string): ToolResultBlockParam {
  return { type: "tool_result", tool_use_id: callId, content, is_error: true };
}

/** As the journal of calls keeps it. */
function resultOf({ content = "", is_error }: ToolResultBlockParam): ToolResult {
  const text =
    typeof content === "string"
      ? content
      : content.map((block) => (block.type === "text" ? block.text : `[${block.type}]`)).join("\n");
  return { content: text, isError: is_error === true };
}
