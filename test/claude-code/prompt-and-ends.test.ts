import type { MessageParam } from "@anthropic-ai/sdk/resources/messages";
import { expect, test } from "vitest";
import type { SessionNote } from "../../src/harness/factory-api.ts";
import { type ModelAnswer, says, text, use } from "../harness/fake-model.ts";
import type { FakeProduct } from "../harness/fake-product.ts";
import { lastLine, live } from "../harness/live-runner.ts";
import { inClaudeCode } from "./real-claude.ts";

test("a new life's question begins with the bytes of the last one's, so that the cache has them (A8, A9)", async () => {
  const args = inClaudeCode();
  const calls = [use("t1", "Bash", { command: "true" }), use("t2", "mcp__factory__git_commit", {})];
  const first = await live(
    { answers: [says(text("I look."), ...calls), says(text("Done."))] },
    { args },
  );
  expect(first.exitCode, first.screen).toBe(0);
  const messages = [
    ...conversationOf(first.product),
    { role: "user" as const, content: "[mail 1]" },
  ];
  // The cast: notes as the wrapper sent them.
  const sessionNotes = first.product.bodiesOf("/agent/session") as readonly SessionNote[];

  const next = await live(
    { start: { messages, nextSeq: messages.length, sessionNotes }, answers: [says(text("Seen."))] },
    { args, at: first.folder },
  );

  expect(next.exitCode, next.screen).toBe(0);
  const [before, after] = [lastQuestion(first.product), lastQuestion(next.product)];
  const begin = before.slice(0, before.lastIndexOf("]"));
  expect(before.length).toBeGreaterThan(10_000);
  expect(after.slice(0, begin.length)).toBe(begin);
});

const held: ModelAnswer = {
  ...{ kind: "status", status: 429, retryAfter: "60" },
  headers: { "x-factory-hold": "sleep" },
};

test.each([
  ["is told to go away", [held], 4, "asleep until limits allow"],
  ["is refused", [{ kind: "status", status: 403 }], 2, "asking the model was refused: 403"],
  ["is fenced off", [{ kind: "status", status: 401 }], 3, "401"],
] as const)(
  "a life whose model request %s ends as the built-in runner's does (A2, G3)",
  async (_what, answers, exitCode, line) => {
    // Claude Code may ask once more before it gives up.
    const always = [...answers, ...answers, ...answers];
    const life = await live({ answers: always }, { args: inClaudeCode() });

    expect(life.exitCode, life.screen).toBe(exitCode);
    expect(lastLine(life.screen)).toContain(line);
  },
);

test("an overloaded provider is asked again, and what was cut off is not stored (A2, G3)", async () => {
  const answers: readonly ModelAnswer[] = [
    { kind: "status", status: 529 },
    { kind: "cut" },
    says(text("Done.")),
  ];
  const { exitCode, screen, product } = await live({ answers }, { args: inClaudeCode() });

  expect(exitCode, screen).toBe(0);
  expect([...product.turns.values()]).toEqual([
    { role: "assistant", content: [{ type: "text", text: "Done." }] },
  ]);
});

test("a tool server that refuses it ends the life with a clear line, not an agent without tools (A2)", async () => {
  const { exitCode, screen, product } = await live(
    { mcpRefuses: 401, answers: [says(text("Done."))] },
    { args: inClaudeCode() },
  );

  expect(exitCode, screen).toBe(4);
  expect(lastLine(screen)).toContain("could not reach the factory's tools");
  expect(product.turns.size).toBe(0);
});

function conversationOf({ turns }: FakeProduct): readonly MessageParam[] {
  const stored = [...turns].sort(([one], [other]) => one - other).map(([, turn]) => turn);
  // The cast: turns as the wrapper stored them.
  return [{ role: "user", content: "Do it." }, ...(stored as MessageParam[])];
}

/** The provider's cache looks at tools, system and messages, in this order; marks are no part of it. */
function lastQuestion(product: FakeProduct): string {
  const { tools, system, messages } = Object(product.bodiesOf("/v1/messages").at(-1));
  return JSON.stringify({ tools, system, messages }, (key, value) =>
    key === "cache_control" ? undefined : value,
  );
}
