import type { ContentBlockParam, MessageParam } from "@anthropic-ai/sdk/resources/messages";
import { type AskedOnce, askOnce } from "./ask-once.ts";
import { estimateTokens } from "./estimate-tokens.ts";
import type { LifeStart } from "./factory-api.ts";
import { newestThatFit, planCompaction } from "./plan-compaction.ts";
import { runnersWord } from "./runner-words.ts";
import type { Surroundings } from "./surroundings.ts";
import { compacted, type Talk } from "./talk.ts";
import { promptMessages } from "./transcript.ts";

export type CompactionNeed = {
  readonly start: LifeStart;
  /** Of system prompt and tools, as estimated. */
  readonly fixedTokens: number;
  /** How often the question was refused as too long: each time, half as much is kept. */
  readonly shortenings: number;
};

const SUMMARY_TRIES = 3;
/** The newest call and its results stay whole, unless they alone would fill the window so far. */
const LARGEST_PAIR_PERCENT = 50;

const ASK_FOR_SUMMARY = runnersWord(
  "Your context window is nearly full. All turns but the first message and the newest few are replaced now by what you answer to this, and you go on with that alone. Write down for yourself, in plain text: what was asked and what was decided, and why; what is done, with names of files, commits, issues and ids; what was tried and failed; what is left, and the next step. Be exact and brief. Call no tool.",
);

const NO_SUMMARY =
  "No summary could be made. Look at the state of things (files, history of commits, your task) before you go on; do not assume that anything is undone.";

/**
 * Replaces older turns by a summary that the model makes of them. They stay stored; a crash at any
 * point costs at most that one question.
 *
 * @returns false when there is nothing left to leave out
 */
export async function compactTalk(
  talk: Talk,
  need: CompactionNeed,
  around: Surroundings,
): Promise<boolean> {
  const { start, fixedTokens, shortenings } = need;
  const { contextTokens, compactKeepPercent } = start.limits;
  const before = talk.transcript();
  const tokensBefore = fixedTokens + estimateTokens(promptMessages(before));
  // What was refused was too long, whatever the window is said to hold.
  const window = shortenings === 0 ? contextTokens : Math.min(contextTokens, tokensBefore);
  const share = (percent: number): number => (window * percent) / 100 / 2 ** shortenings;
  const budget = { keepTokens: share(compactKeepPercent), mostTokens: share(LARGEST_PAIR_PERCENT) };
  const plan = planCompaction(before, budget);
  if (plan === null) return false;
  around.pane.note(`the window is nearly full: summarising the turns before ${plan.fromSeq}`);
  const summary = (await summarise(plan.older, need, around)) ?? NO_SUMMARY;
  const compaction = { fromSeq: plan.fromSeq, summary };
  const tokens = {
    tokensBefore,
    tokensAfter: fixedTokens + estimateTokens(promptMessages(compacted(before, compaction))),
  };
  await talk.compact(compaction, tokens);
  around.pane.heading(
    `compacted: about ${tokens.tokensBefore} → ${tokens.tokensAfter} tokens; the turns before ${plan.fromSeq} are a summary now`,
  );
  return true;
}

/** @returns null when the model makes none */
async function summarise(
  older: readonly MessageParam[],
  { start, fixedTokens }: CompactionNeed,
  around: Surroundings,
): Promise<string | null> {
  const { model, system, limits } = start;
  const { summaryTokens: maxTokens, contextTokens } = limits;
  let room = contextTokens - maxTokens - fixedTokens;
  for (let tries = 1; tries <= SUMMARY_TRIES; tries += 1) {
    const messages = askingForSummary(newestThatFit(older, room));
    const question = { model, system, maxTokens, messages, mayCall: false };
    const reply = await askOnce("asking for a summary", question, limits, around);
    const summary = textOf(reply);
    if (summary !== "") return summary;
    if (reply.kind === "tooLong") room = Math.min(room, estimateTokens(messages)) / 2;
  }
  return null;
}

/** The same prefix as ever, byte for byte, with the question behind it. */
function askingForSummary(messages: readonly MessageParam[]): readonly MessageParam[] {
  const last = messages.at(-1);
  if (last === undefined) return messages;
  const blocks: readonly ContentBlockParam[] =
    typeof last.content === "string" ? [{ type: "text", text: last.content }] : last.content;
  const content: ContentBlockParam[] = [...blocks, { type: "text", text: ASK_FOR_SUMMARY }];
  return [...messages.slice(0, -1), { role: "user", content }];
}

function textOf(reply: AskedOnce): string {
  if (reply.kind === "tooLong") return "";
  const { content } = reply.answer.message;
  return content
    .flatMap((block) => (block.type === "text" ? [block.text] : []))
    .join("\n")
    .trim();
}
