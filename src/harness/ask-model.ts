import { randomBytes } from "node:crypto";
import type { Message, MessageParam } from "@anthropic-ai/sdk/resources/messages";
import { askOnce } from "./ask-once.ts";
import { compactTalk } from "./compact-talk.ts";
import { estimateTokens } from "./estimate-tokens.ts";
import type { LifeLimits, LifeStart } from "./factory-api.ts";
import { type Answer, readAnswer } from "./read-answer.ts";
import { EXIT, RunnerEnd } from "./runner-end.ts";
import type { Surroundings } from "./surroundings.ts";
import type { Talk } from "./talk.ts";
import { nextSeq, promptMessages, recentSeq, type Transcript } from "./transcript.ts";
import { callsOf } from "./turn-parts.ts";

/** A question that was too long is asked again this often, each time with less. */
const MOST_SHORTENINGS = 4;
const CALL_ID_BYTES = 12;

/** What the provider counted: everything before turn `seq` has so many tokens, prompt and tools included. */
type Counted = { readonly seq: number; readonly tokens: number };

/** Asks for the next turn of a conversation, which is made shorter first where it nears the window. */
export function createAsker(
  start: LifeStart,
  talk: Talk,
  around: Surroundings,
): () => Promise<MessageParam> {
  const { limits } = start;
  const fixedTokens = estimateTokens(around.toolbox.tools) + estimateTokens(start.system);
  const shorten = (shortenings: number): Promise<boolean> =>
    compactTalk(talk, { start, fixedTokens, shortenings }, around);
  let counted: Counted | null = null;
  return async () => {
    const size = promptTokens(talk.transcript(), counted, fixedTokens);
    if (size > compactAt(limits, start.maxTokens) && (await shorten(0))) counted = null;
    for (let shortenings = 1; ; shortenings += 1) {
      const messages = promptMessages(talk.transcript());
      const { model, maxTokens, system } = start;
      const question = { model, maxTokens, system, messages, mayCall: true };
      const reply = await askOnce("asking the model", question, limits, around);
      if (reply.kind === "answer") {
        counted = { seq: nextSeq(talk.transcript()) + 1, tokens: usedTokens(reply.answer.message) };
        return turnOf(reply.answer, talk, limits);
      }
      counted = null;
      if (shortenings > MOST_SHORTENINGS || !(await shorten(shortenings)))
        throw new RunnerEnd(
          EXIT.refused,
          `the model's window is too small for this conversation: ${reply.detail}`,
        );
    }
  };
}

/** Early enough that an answer still fits behind the question. */
function compactAt({ contextTokens, compactAtPercent }: LifeLimits, maxTokens: number): number {
  return Math.min((contextTokens * compactAtPercent) / 100, contextTokens - maxTokens);
}

/** The size of the next question: counted as far as the provider has, estimated from there. */
function promptTokens(
  transcript: Transcript,
  counted: Counted | null,
  fixedTokens: number,
): number {
  if (counted === null) return fixedTokens + estimateTokens(promptMessages(transcript));
  const since = transcript.recent.slice(Math.max(0, counted.seq - recentSeq(transcript)));
  return counted.tokens + estimateTokens(since);
}

function usedTokens({ usage }: Message): number {
  const read = (usage.cache_read_input_tokens ?? 0) + (usage.cache_creation_input_tokens ?? 0);
  return usage.input_tokens + read + usage.output_tokens;
}

function turnOf(answer: Answer, talk: Talk, { turnBytes }: LifeLimits): MessageParam {
  const known = promptMessages(talk.transcript()).flatMap(callsOf);
  return readAnswer(answer, {
    usedIds: new Set(known.map(({ id }) => id)),
    turnBytes,
    newId: () => `toolu_${randomBytes(CALL_ID_BYTES).toString("hex")}`,
  });
}
