import { judgeApiError, type LifeStart, type WaitAnswer } from "./factory-api.ts";
import { EXIT, RunnerEnd } from "./runner-end.ts";
import type { Surroundings } from "./surroundings.ts";
import { throughWeather } from "./weather.ts";

export type News =
  | { readonly kind: "mail"; readonly text: string }
  /** Mail came while the connection was broken: the conversation as it is stored has it. */
  | { readonly kind: "longer"; readonly start: LifeStart };

/**
 * Waits for mail, which costs no call of a model.
 *
 * @param known the number the next turn would have
 * @throws {RunnerEnd} when the life shall sleep or stop
 */
export async function waitForNews(
  idleMs: number,
  known: number,
  around: Pick<Surroundings, "api" | "pane" | "patience">,
): Promise<News> {
  const { api, pane } = around;
  pane.note("waiting for mail");
  let isAnswerLost = false;
  const wait = async (): Promise<WaitAnswer | News> => {
    // Mail is stored as a turn when it is handed out; an answer that got lost has to be found there.
    const start = isAnswerLost ? await api.start() : null;
    if (start !== null && start.nextSeq > known) return { kind: "longer", start };
    isAnswerLost = true;
    const answer = await api.wait(idleMs);
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
