import type { LifeLimits } from "./factory-api.ts";
import { isTooLong, judgeModelError, type Question } from "./model.ts";
import type { Answer } from "./read-answer.ts";
import type { Surroundings } from "./surroundings.ts";
import { throughWeather } from "./weather.ts";

export type AskedOnce =
  | { readonly kind: "answer"; readonly answer: Answer }
  | { readonly kind: "tooLong"; readonly detail: string };

/** One answer, through all weather; a question that does not fit is for the caller to shorten. */
export async function askOnce(
  what: string,
  question: Omit<Question, "tools" | "bounds">,
  limits: LifeLimits,
  around: Surroundings,
): Promise<AskedOnce> {
  const whole = { ...question, tools: around.toolbox.tools, bounds: limits };
  const ask = async (): Promise<AskedOnce> => {
    try {
      return { kind: "answer", answer: await around.model.ask(whole, around.pane.stream) };
    } catch (error) {
      if (!isTooLong(error)) throw error;
      return { kind: "tooLong", detail: error instanceof Error ? error.message : String(error) };
    }
  };
  return await throughWeather(what, ask, judgeModelError, around);
}
