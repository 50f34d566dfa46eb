import { expect, test } from "vitest";
import { says, text, use } from "./fake-model.ts";
import { filesIn, lastLine, live } from "./live-runner.ts";

test("mail whose answer was lost on the way is found in the stored conversation (A8)", async () => {
  const { product, exitCode } = await live({
    answers: [says(text("Done.")), says(text("Seen."))],
    waits: ["lost"],
  });

  expect(exitCode).toBe(0);
  expect(product.turns.get(2)).toEqual({ role: "user", content: "lost mail" });
  expect(product.turns.get(3)).toMatchObject({ role: "assistant", content: [{ text: "Seen." }] });
});

test("a new life finishes the tools of the last turn first; what ran is not run again (A8)", async () => {
  const open = ["ran", "cut", "new"].map((id) =>
    use(id, "shell", { command: `echo ${id} > ${id}` }),
  );
  const { product, folder } = await live({
    start: {
      messages: [
        { role: "user", content: "Do it." },
        // The cast: a stored turn, in the shape the provider gave it.
        { role: "assistant", content: open as never },
      ],
    },
    localCalls: {
      ran: { state: "done", result: { content: "its old result", isError: false } },
      cut: { state: "interrupted" },
    },
    answers: [says(text("Done."))],
  });

  expect(product.turns.get(2)).toMatchObject({
    content: [
      { tool_use_id: "ran", content: "its old result" },
      { tool_use_id: "cut", is_error: true, content: expect.stringContaining("interrupted") },
      { tool_use_id: "new", content: "(no output)" },
    ],
  });
  expect(filesIn(folder)).toEqual(["new"]);
});

test.each([
  ["is overloaded", { kind: "status", status: 529 }],
  ["limits the rate", { kind: "status", status: 429, retryAfter: "0" }],
  ["cuts its answer off", { kind: "cut" }],
  ["is overloaded in the middle of an answer", { kind: "overloadedInStream" }],
] as const)(
  "a provider that %s is asked again, and nothing half is stored (A8)",
  async (_what, weather) => {
    const { product, exitCode, screen } = await live({ answers: [weather, says(text("Done."))] });

    expect(exitCode, screen).toBe(0);
    expect(product.turns.size).toBe(1);
    expect(screen).toContain("asking the model: ");
  },
);

test("weather that lasts ends the life with its own exit code and a last line (A8)", async () => {
  const down = { kind: "status", status: 503 } as const;
  const { exitCode, screen } = await live({ answers: [down, down, down] });

  expect(exitCode).toBe(4);
  expect(lastLine(screen)).toContain("exit 4: asking the model failed too often: 503");
});

test("a life that another one has followed stores nothing more and says so (A8)", async () => {
  const { exitCode, screen } = await live({
    answers: [says(use("t1", "write_file", { path: "late", content: "x" }))],
    turnStatuses: [409],
  });

  expect(exitCode).toBe(3);
  expect(lastLine(screen)).toContain("exit 3: 409");
});

test("a provider that refuses ends the life, and is not asked again (A8)", async () => {
  const { product, exitCode, screen } = await live({ answers: [{ kind: "status", status: 400 }] });

  expect(exitCode).toBe(2);
  expect(lastLine(screen)).toContain("asking the model was refused: 400");
  expect(product.bodiesOf("/v1/messages").length).toBe(1);
});

test("a tool of the product that does not answer is called again under the same id (A8)", async () => {
  const { product, exitCode } = await live({
    answers: [says(use("t9", "git_commit", {})), says(text("Done."))],
    mcpStatuses: [502],
  });

  const calls = product.bodiesOf("/mcp").filter((body) => Object(body).method === "tools/call");
  expect(exitCode).toBe(0);
  expect(calls.map((call) => Object(call).params._meta)).toEqual([
    { "factory/callId": "t9" },
    { "factory/callId": "t9" },
  ]);
});

test("a tool that is still at it is waited for under the same id, unseen by the model (A4, A8)", async () => {
  const { product, exitCode } = await live({
    answers: [says(use("t9", "git_commit", {})), says(text("Done."))],
    mcpPending: 2,
  });

  const calls = product.bodiesOf("/mcp").filter((body) => Object(body).method === "tools/call");
  expect(exitCode).toBe(0);
  expect(calls.length).toBe(3);
  expect(JSON.stringify(product.bodiesOf("/v1/messages").at(-1))).toContain("committed");
});

test("an answer cut off at its token limit runs no half tool call and is told to go on (A8)", async () => {
  const { product } = await live({
    answers: [
      {
        kind: "says",
        blocks: [text("I"), use("t1", "shell", { command: "touch half" })],
        stop: "max_tokens",
      },
      says(text("Done.")),
    ],
  });

  expect(product.turns.get(1)).toMatchObject({
    content: [{ type: "text", text: "I" }, { text: "(cut off here)" }],
  });
  expect(product.turns.get(2)).toMatchObject({ content: expect.stringContaining("cut off") });
});

test("a life ends at its limit of turns (A10)", async () => {
  const { exitCode, screen } = await live({
    limits: { maxTurns: 1 },
    answers: [says(use("t1", "git_commit", {}))],
  });

  expect(exitCode).toBe(5);
  expect(lastLine(screen)).toContain("1 turns are this life's limit");
});
