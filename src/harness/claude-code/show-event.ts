import type { Pane } from "../pane.ts";
import type { ClaudeEvent } from "./read-line.ts";

/** Prints what Claude Code does as the built-in runner prints what it does itself. */
export function showEvent(event: ClaudeEvent, pane: Pane): void {
  switch (event.kind) {
    case "began":
      pane.note(`tools: ${event.tools.join(", ")}`);
      break;
    case "text":
      pane.stream(event.text);
      break;
    case "blocks":
      for (const block of event.blocks)
        if (block.type === "tool_use") pane.tool(block.name, block.input);
      break;
    case "results":
      for (const { content, is_error } of event.results) {
        const text = typeof content === "string" ? content : JSON.stringify(content ?? "");
        pane.result(text, is_error === true);
      }
      break;
    case "retry":
      pane.warning(`asking the model: ${event.detail}; Claude Code asks again`);
      break;
    case "turnEnds":
      if (event.failure !== null) pane.warning(event.failure);
      break;
    case "answerBegins":
    case "stopSaid":
    case "answerEnds":
    case "asked":
      break;
    default:
      event satisfies never;
  }
}
