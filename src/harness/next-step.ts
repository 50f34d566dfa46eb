import type { MessageParam, ToolUseBlockParam } from "@anthropic-ai/sdk/resources/messages";
import { CUT_OFF, NO_ANSWER, runnersWord } from "./runner-words.ts";
import { callsOf, textsOf } from "./turn-parts.ts";

/** What comes next in a conversation; a function of what is stored, so that any life can go on. */
export type Step =
  | { readonly kind: "ask" }
  | { readonly kind: "runTools"; readonly calls: readonly ToolUseBlockParam[] }
  /** The last answer is none; the model is told so. */
  | { readonly kind: "tell"; readonly text: string }
  | { readonly kind: "wait" };

const TOLD_EMPTY = runnersWord(
  "Your last answer was empty. Call a tool, or say in one sentence that you are done and wait.",
);
const TOLD_CUT_OFF = runnersWord(
  "Your last answer was cut off at its limit, and its tool calls did not run. Go on in smaller steps.",
);

/** @param last the newest turn */
export function nextStep(last: MessageParam): Step {
  if (last.role !== "assistant") return { kind: "ask" };
  const calls = callsOf(last);
  if (calls.length > 0) return { kind: "runTools", calls };
  const text = textsOf(last).at(-1);
  if (text === NO_ANSWER) return { kind: "tell", text: TOLD_EMPTY };
  if (text === CUT_OFF) return { kind: "tell", text: TOLD_CUT_OFF };
  return { kind: "wait" };
}
