import { expect, test } from "vitest";
import { createAnswerGatherer } from "../../../src/harness/claude-code/gather-answer.ts";
import { readEvent } from "../../../src/harness/claude-code/read-line.ts";

const streamed = (event: object) => ({ type: "stream_event", event, parent_tool_use_id: null });
const begins = streamed({ type: "message_start" });
const stops = streamed({ type: "message_delta", delta: { stop_reason: "end_turn" } });
const ends = streamed({ type: "message_stop" });
const says = (text: string, model = "model-1") => ({
  ...{ type: "assistant", parent_tool_use_id: null },
  message: { model, content: [{ type: "text", text }] },
});

/** The answers in what Claude Code says. */
function answersIn(...lines: readonly ({ type: string } & object)[]): readonly unknown[] {
  const gather = createAnswerGatherer();
  return lines.flatMap((line) => {
    const event = readEvent({ ...line });
    const answer = event === null ? null : gather(event);
    return answer === null ? [] : [answer];
  });
}

test("an answer is whole when the model has said why it stops; one that was cut is none (A8)", () => {
  expect(answersIn(begins, says("half"), ends, begins, says("a"), says("b"), stops, ends)).toEqual([
    [
      { type: "text", text: "a" },
      { type: "text", text: "b" },
    ],
  ]);
  expect(answersIn(begins, stops, ends)).toEqual([[]]);
});

test("what Claude Code itself says in the model's place, and agents inside it, are no answers (A8)", () => {
  const inside = { ...says("inside"), parent_tool_use_id: "toolu_1" };

  expect(answersIn(begins, says("API Error", "<synthetic>"), inside, stops, ends)).toEqual([[]]);
});

test("what it is connected to, what it asks and how its turn ends are read; the rest is passed over (A2)", () => {
  const servers = [{ name: "factory", status: "failed" }];
  const input = { tool_use_id: "t1", tool_name: "Bash", tool_input: { command: "ls" } };
  const asks = { type: "control_request", request_id: "r" };

  expect(
    [
      { type: "system", subtype: "init", tools: ["Bash"], mcp_servers: servers },
      { type: "system", subtype: "init" },
      { ...asks, request: { subtype: "hook_callback", input } },
      { ...asks, request: { subtype: "can_use_tool" } },
      { type: "result", subtype: "success", is_error: false },
      { type: "result", subtype: "success", is_error: true, result: "API Error: 500" },
      { type: "result", subtype: "error_during_execution" },
      { type: "something_new" },
    ].map((line) => readEvent(line)),
  ).toEqual([
    { kind: "began", tools: ["Bash"], factory: "failed" },
    { kind: "began", tools: [], factory: "missing" },
    {
      ...{ kind: "asked", requestId: "r" },
      request: { callId: "t1", tool: "Bash", input: { command: "ls" } },
    },
    { kind: "asked", requestId: "r", request: null },
    { kind: "turnEnds", failure: null },
    { kind: "turnEnds", failure: "API Error: 500" },
    { kind: "turnEnds", failure: "error_during_execution" },
    null,
  ]);
});
