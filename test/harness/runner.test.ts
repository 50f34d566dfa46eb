import { expect, test } from "vitest";
import { says, text, use } from "./fake-model.ts";
import { live, pathsOf } from "./live-runner.ts";

test("a life asks, stores the answer before its tools run, and stores what they said (A1, A8)", async () => {
  const { product, exitCode, screen } = await live({
    answers: [
      says(
        text("I look."),
        use("t1", "shell", { command: "echo from the shell" }),
        use("t2", "git_commit", { message: "Do it" }),
      ),
      says(text("Done.")),
    ],
  });

  expect(exitCode, screen).toBe(0);
  expect(product.turns.get(1)).toMatchObject({
    role: "assistant",
    content: [{ text: "I look." }, { id: "t1" }, { id: "t2" }],
  });
  expect(product.turns.get(2)).toEqual({
    role: "user",
    content: [
      { type: "tool_result", tool_use_id: "t1", content: "from the shell" },
      { type: "tool_result", tool_use_id: "t2", content: "committed" },
    ],
  });
  expect(pathsOf(product)).toEqual([
    ...["/v1/messages", "/agent/turns", "/agent/local-calls", "/agent/local-calls"],
    ...["/mcp", "/agent/turns", "/v1/messages", "/agent/turns", "/agent/wait"],
  ]);
  expect(product.bodiesOf("/mcp").at(-1)).toMatchObject({
    params: {
      name: "git_commit",
      arguments: { message: "Do it" },
      _meta: { "factory/callId": "t2" },
    },
  });
});

test("a question carries the role's prompt, all tools and marks for the prompt cache (A1, A9)", async () => {
  const { product } = await live({ answers: [says(text("Nothing to do."))] });

  const cache_control = { type: "ephemeral" };
  expect(product.bodiesOf("/v1/messages")).toMatchObject([
    {
      model: "model-1",
      max_tokens: 1_000,
      stream: true,
      system: [{ text: "You work.", cache_control }],
      messages: [{ role: "user", content: [{ text: "Do it.", cache_control }] }],
      tools: [
        { name: "git_commit" },
        ...["shell", "read_file", "write_file", "edit_file", "search"].map((name) => ({ name })),
      ],
    },
  ]);
  const authorizations = product.asked.map(({ headers }) => Object(headers).authorization);
  expect(new Set(authorizations)).toEqual(new Set(["Bearer life-token"]));
});

test("mail becomes the next user turn, and sleep and stop end the life well (A1)", async () => {
  const { product, exitCode, screen } = await live({
    answers: [says(text("Done.")), says(text("Seen."))],
    waits: [
      { kind: "nothing" },
      { kind: "mail", text: "Please look again." },
      { kind: "stop", reason: "epic cancelled" },
    ],
  });

  expect(exitCode).toBe(0);
  expect(product.turns.get(2)).toEqual({ role: "user", content: "Please look again." });
  expect(screen).toContain("stopped: epic cancelled");
});

test("a conversation that ended its turn waits without asking the model (A8, A9)", async () => {
  const { product, exitCode } = await live({
    start: {
      messages: [
        { role: "user", content: "Do it." },
        { role: "assistant", content: "Done." },
      ],
    },
  });

  expect(exitCode).toBe(0);
  expect(product.bodiesOf("/v1/messages")).toEqual([]);
});

test("a wrong tool and wrong input are answered so that the model can act (A4)", async () => {
  const { product } = await live({
    answers: [
      says(use("t1", "teleport", {}), use("t2", "read_file", { path: 7 })),
      says(text("Done.")),
    ],
  });

  expect(product.turns.get(2)).toMatchObject({
    content: [
      { is_error: true, content: expect.stringContaining("There is no tool teleport. There are:") },
      { is_error: true, content: '"path" must be a string' },
    ],
  });
});

test("an agent without a worktree has the product's tools alone (S5)", async () => {
  const { product } = await live({ answers: [says(text("Done."))] }, { worktree: false });

  expect(product.bodiesOf("/v1/messages")).toMatchObject([{ tools: [{ name: "git_commit" }] }]);
});

test("what a model says cannot drive the terminal of who watches (S3)", async () => {
  const { screen } = await live({
    answers: [says(text("\u001b]2;title\u0007\u001b[2Jred\u009b31m"))],
  });

  expect(screen).toContain("]2;title[2Jred31m");
});
