import type { ContentBlockParam } from "@anthropic-ai/sdk/resources/messages";
import type { ClaudeEvent } from "./read-line.ts";

/**
 * Gathers the blocks of an answer as they come.
 *
 * @returns a function that takes every event, and gives the answer with the one that makes it
 *   whole; null for the others. An answer that was cut off has no end of its own and is none: Claude
 *   Code asks again.
 */
export function createAnswerGatherer(): (
  event: ClaudeEvent,
) => readonly ContentBlockParam[] | null {
  let blocks: ContentBlockParam[] = [];
  let isStopSaid = false;
  return (event) => {
    switch (event.kind) {
      case "answerBegins":
        blocks = [];
        isStopSaid = false;
        return null;
      case "blocks":
        blocks.push(...event.blocks);
        return null;
      case "stopSaid":
        isStopSaid = true;
        return null;
      case "answerEnds": {
        const whole = isStopSaid ? blocks : null;
        isStopSaid = false;
        return whole;
      }
      default:
        return null;
    }
  };
}
