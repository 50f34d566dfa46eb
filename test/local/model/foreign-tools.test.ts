import { expect, test } from "vitest";
import { composeReply } from "../../../src/local/model/compose-reply.ts";
import { validateScript } from "../../../src/local/model/parse-script.ts";
import { ask, worker } from "./start.ts";

const script = validateScript(
  worker([
    {
      calls: [
        { tool: "shell", input: { command: "node --test" } },
        { tool: "read_file", input: { path: "a.js" } },
        { tool: "write_file", input: { path: "a.js", content: "x" } },
        { tool: "edit_file", input: { path: "a.js", old: "x", new: "y" } },
        { tool: "search", input: { pattern: "x", glob: "*.js" } },
        { tool: "git_commit", input: { message: "m" } },
      ],
    },
    { text: "Tested.", when: { tool: "shell" } },
  ]),
);
const claudeCode = ["Bash", "Read", "Write", "Edit", "Grep", "mcp__factory__git_commit"];

test("a script's tools are played on Claude Code's where these are offered (A2)", () => {
  // The cast: the client's own type, narrower than what the stand-in reads.
  const reply = composeReply(script, ask("Go.", claudeCode) as never);

  const calls = reply.content.flatMap((block) => (block.type === "tool_use" ? [block] : []));
  expect(reply.failure).toBeNull();
  expect(calls.map(({ name }) => name)).toEqual(claudeCode);
  expect(calls.map(({ input }) => input)).toEqual([
    { command: "node --test" },
    { file_path: "a.js" },
    { file_path: "a.js", content: "x" },
    { file_path: "a.js", old_string: "x", new_string: "y" },
    { pattern: "x", output_mode: "content", glob: "*.js" },
    { message: "m" },
  ]);
});

test("conditions on a script's tools hold for the results of Claude Code's (A2)", () => {
  const asked = ask("Go.", claudeCode);
  const call = { type: "tool_use", id: "toolu_1", name: "Bash", input: {} };
  const result = { type: "tool_result", tool_use_id: "toolu_1", content: "ok" };
  const messages = [
    ...asked.messages,
    { role: "assistant", content: [call] },
    { role: "user", content: [result] },
  ];

  // The cast: as above.
  const reply = composeReply(script, { ...asked, messages } as never);

  expect(reply.content).toEqual([{ type: "text", text: "Tested." }]);
});
