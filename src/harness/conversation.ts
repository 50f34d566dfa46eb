import type {
  ContentBlockParam,
  ToolResultBlockParam,
  ToolUseBlockParam,
} from "@anthropic-ai/sdk/resources/messages";
import { createAsker } from "./ask-model.ts";
import type { LifeStart, ToolResult } from "./factory-api.ts";
import { nextStep } from "./next-step.ts";
import { noticeLoop } from "./notice-loop.ts";
import { EXIT, RunnerEnd } from "./runner-end.ts";
import { runnersWord } from "./runner-words.ts";
import type { Surroundings } from "./surroundings.ts";
import { createTalk, type Talk } from "./talk.ts";
import { newestTurn, nextSeq } from "./transcript.ts";
import { waitForNews } from "./wait-for-news.ts";

/**
 * Lives a conversation from wherever it was stored: ask, store, run tools, store, and wait for
 * mail when the model ends its turn. Every turn is stored before anything follows from it.
 *
 * @throws {RunnerEnd} always: that is how a life ends
 */
export async function liveConversation(start: LifeStart, around: Surroundings): Promise<never> {
  const talk = createTalk(start, around);
  const askNext = createAsker(start, talk, around);
  const { limits } = start;
  for (let asked = 0; ; ) {
    const step = nextStep(newestTurn(talk.transcript()));
    switch (step.kind) {
      case "ask":
        asked += 1;
        if (asked > limits.maxTurns)
          throw new RunnerEnd(EXIT.turns, `${limits.maxTurns} turns are this life's limit`);
        await talk.add(await askNext());
        break;
      case "runTools":
        await answerCalls(step.calls, talk, start, around);
        break;
      case "tell":
        await tell(step.text, talk, start, around);
        break;
      case "wait": {
        const news = await waitForNews(limits.idleMs, nextSeq(talk.transcript()), around);
        if (news.kind === "mail") await talk.add({ role: "user", content: news.text });
        else talk.takeOver(news.start);
        break;
      }
      default:
        step satisfies never;
    }
  }
}

/** Runs what the model asked for, unless it goes in circles though it was told. */
async function answerCalls(
  calls: readonly ToolUseBlockParam[],
  talk: Talk,
  start: LifeStart,
  around: Surroundings,
): Promise<void> {
  const loop = loopOf(talk, start, around);
  if (loop.kind === "end") {
    // Answered all the same: the next life reads why this one ended, and begins with a question.
    const refused = runnersWord(
      `Not run. Your last process was ended because you repeated yourself: ${loop.reason}. Go another way, or ask for help.`,
    );
    const content = calls.map(({ id }) => resultBlock(id, { content: refused, isError: true }));
    await talk.add({ role: "user", content });
    throw new RunnerEnd(EXIT.loop, `it went in circles: ${loop.reason}`);
  }
  const content: ContentBlockParam[] = await runTools(calls, around);
  if (loop.kind === "nudge") {
    around.pane.warning(loop.text);
    content.push({ type: "text", text: loop.text });
  }
  await talk.add({ role: "user", content });
}

/** Tells the model that its answer was none, so often and no more. */
async function tell(
  text: string,
  talk: Talk,
  start: LifeStart,
  around: Surroundings,
): Promise<void> {
  const loop = loopOf(talk, start, around);
  around.pane.warning(text);
  await talk.add({ role: "user", content: text });
  if (loop.kind === "end") throw new RunnerEnd(EXIT.loop, `it went in circles: ${loop.reason}`);
}

function loopOf(talk: Talk, { limits }: LifeStart, { toolbox }: Surroundings) {
  const names = new Set(toolbox.tools.map(({ name }) => name));
  return noticeLoop(talk.sinceBirth(), names, limits);
}

async function runTools(
  calls: readonly ToolUseBlockParam[],
  { toolbox, pane }: Surroundings,
): Promise<ToolResultBlockParam[]> {
  const results: ToolResultBlockParam[] = [];
  for (const call of calls) {
    pane.tool(call.name, call.input);
    const result = await toolbox.run(call);
    pane.result(result.content, result.isError);
    results.push(resultBlock(call.id, result));
  }
  return results;
}

function resultBlock(callId: string, { content, isError }: ToolResult): ToolResultBlockParam {
  return {
    type: "tool_result",
    tool_use_id: callId,
    content: content === "" ? "(no output)" : content,
    ...(isError ? { is_error: true } : {}),
  };
}
