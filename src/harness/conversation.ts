import type {
  ContentBlockParam,
  Message,
  MessageParam,
  ToolResultBlockParam,
  ToolUseBlockParam,
} from "@anthropic-ai/sdk/resources/messages";
import type { FactoryApi, LifeStart, ToolResult, WaitAnswer } from "./factory-api.ts";
import { judgeApiError } from "./factory-api.ts";
import { judgeModelError, type Model } from "./model.ts";
import { nextStep } from "./next-step.ts";
import type { Pane } from "./pane.ts";
import { EXIT, RunnerEnd } from "./runner-end.ts";
import type { Toolbox } from "./toolbox.ts";
import { type Patience, throughWeather } from "./weather.ts";

export type Surroundings = {
  readonly api: FactoryApi;
  readonly model: Model;
  readonly toolbox: Toolbox;
  readonly pane: Pane;
  readonly patience: Patience;
};

const CUT_OFF =
  "Your last answer was cut off at its token limit and its tool calls did not run. Go on in smaller steps.";

/**
 * Lives a conversation from wherever it was stored: ask, store, run tools, store, and wait for
 * mail when the model ends its turn. Every turn is stored before anything follows from it.
 *
 * @throws {RunnerEnd} always: that is how a life ends
 */
export async function liveConversation(start: LifeStart, around: Surroundings): Promise<never> {
  const conversation = [...start.messages];
  const add = async (turn: MessageParam): Promise<void> => {
    const seq = conversation.length;
    const store = (): Promise<void> => around.api.storeTurn(seq, turn);
    await throughWeather("storing a turn", store, judgeApiError, around);
    conversation.push(turn);
  };

  for (let asked = 0; ; ) {
    const step = nextStep(conversation);
    switch (step.kind) {
      case "ask":
        asked += 1;
        if (asked > start.limits.maxTurns) {
          throw new RunnerEnd(EXIT.turns, `${start.limits.maxTurns} turns are this life's limit`);
        }
        for (const turn of turnsOf(await ask(start, conversation, around))) await add(turn);
        break;
      case "runTools":
        await add({ role: "user", content: await runTools(step.calls, around) });
        break;
      case "wait": {
        const news = await waitForNews(start, conversation.length, around);
        if (news.kind === "mail") await add({ role: "user", content: news.text });
        else conversation.splice(0, conversation.length, ...news.messages);
        break;
      }
      default:
        step satisfies never;
    }
  }
}

function ask(
  start: LifeStart,
  messages: readonly MessageParam[],
  around: Surroundings,
): Promise<Message> {
  const { model, maxTokens, system } = start;
  const question = { model, maxTokens, system, messages, tools: around.toolbox.tools };
  return throughWeather(
    "asking the model",
    () => around.model.ask(question, around.pane.stream),
    judgeModelError,
    around,
  );
}

/** The turns an answer becomes: an answer cut off has no whole tool calls, and is told so. */
export function turnsOf(message: Message): readonly MessageParam[] {
  const cutOff = message.stop_reason === "max_tokens";
  const content: ContentBlockParam[] = cutOff
    ? message.content.filter((block) => block.type !== "tool_use")
    : [...message.content];
  // The provider refuses an empty turn in the next question.
  if (content.length === 0) content.push({ type: "text", text: "(no answer)" });
  const answer: MessageParam = { role: "assistant", content };
  return cutOff ? [answer, { role: "user", content: CUT_OFF }] : [answer];
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

type News =
  | { readonly kind: "mail"; readonly text: string }
  | { readonly kind: "longer"; readonly messages: readonly MessageParam[] };

async function waitForNews(start: LifeStart, known: number, around: Surroundings): Promise<News> {
  const { api, pane } = around;
  pane.note("waiting for mail");
  let isAnswerLost = false;
  const wait = async (): Promise<WaitAnswer | News> => {
    // Mail is stored as a turn when it is handed out; an answer that got lost has to be found there.
    const stored = isAnswerLost ? (await api.start()).messages : [];
    if (stored.length > known) return { kind: "longer", messages: stored };
    isAnswerLost = true;
    const answer = await api.wait(start.limits.idleMs);
    isAnswerLost = false;
    return answer;
  };
  for (;;) {
    const answer = await throughWeather("waiting for mail", wait, judgeApiError, around);
    switch (answer.kind) {
      case "mail":
        pane.heading(`mail: ${answer.text}`);
        return answer;
      case "longer":
        pane.heading("mail came while the connection was broken");
        return answer;
      case "nothing":
        break;
      case "sleep":
        throw new RunnerEnd(EXIT.asked, "asleep until there is mail");
      case "stop":
        throw new RunnerEnd(EXIT.asked, `stopped: ${answer.reason}`);
      default:
        answer satisfies never;
    }
  }
}
