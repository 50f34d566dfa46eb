import { expect, test } from "vitest";
import { type ModelAnswer, says, text, use, useWire } from "./fake-model.ts";
import { filesIn, lastLine, live } from "./live-runner.ts";

const done = says(text("Done."));

test.each(["garbled", "noStop"] as const)(
  "an answer whose stream is %s is asked for again, and nothing of it is stored (A8)",
  async (kind) => {
    const { product, exitCode, screen } = await live({ answers: [{ kind }, done] });

    expect(exitCode, screen).toBe(0);
    expect(product.turns.get(1)).toMatchObject({ content: [{ text: "Done." }] });
    expect(screen).toContain("asking the model: ");
  },
);

test("an answer that never ends is given up at its limit, as weather, and asked for again (A8)", async () => {
  const { product, exitCode, screen } = await live({
    limits: { answerMs: 300 },
    answers: [{ kind: "endless" }, done],
  });

  expect(exitCode, screen).toBe(0);
  expect(screen).toContain("no whole answer in 300 ms");
  expect(product.turns.size).toBe(1);
});

test("weather that lasts longer than an agent's patience ends the life, however few the attempts (A8, G3)", async () => {
  const { product, exitCode, screen } = await live({
    limits: { answerMs: 300, patienceMs: 100 },
    answers: [{ kind: "endless" }, done],
  });

  expect(exitCode).toBe(4);
  expect(lastLine(screen)).toContain("failed too often: no whole answer in 300 ms");
  expect(product.bodiesOf("/v1/messages")).toHaveLength(1);
});

test("ten calls in one answer are run in order, and answered in one turn (A8)", async () => {
  const calls = Array.from({ length: 10 }, (_, at) =>
    use(`t${at}`, "shell", { command: `echo ${at} >> order` }),
  );
  const { product, exitCode, folder } = await live({
    answers: [says(...calls, use("last", "shell", { command: "tr '\\n' ' ' < order" })), done],
  });

  expect(exitCode).toBe(0);
  expect(Object(product.turns.get(2)).content).toHaveLength(11);
  expect(JSON.stringify(product.turns.get(2))).toContain("0 1 2 3 4 5 6 7 8 9");
  expect(filesIn(folder)).toEqual(["order"]);
});

test("an input that is no object, or cut short, runs nothing and is answered with what is wrong (A4, A8)", async () => {
  const { product, exitCode, folder } = await live({
    answers: [
      says(
        useWire("t1", "write_file", '{"path": "half", "content": "x'),
        useWire("t2", "git_commit", '["message"]'),
      ),
      done,
    ],
  });

  expect(exitCode).toBe(0);
  expect(filesIn(folder)).toEqual([]);
  expect(product.turns.get(1)).toMatchObject({
    content: [{ input: { unusable_input: expect.any(String) } }, { name: "git_commit" }],
  });
  expect(product.turns.get(2)).toMatchObject({
    content: [
      { is_error: true, content: expect.stringContaining("Not run: its input is not valid JSON") },
      {
        is_error: true,
        content: expect.stringContaining('must be a JSON object, not ["message"]'),
      },
    ],
  });
  const called = product.bodiesOf("/mcp").map((body) => Object(body).method);
  expect(called).not.toContain("tools/call");
});

test("five megabytes of text are read as far as an answer may be long, and cut off there (A8)", async () => {
  const { product, exitCode, screen } = await live({
    limits: { answerBytes: 300_000, turnBytes: 200_000 },
    answers: [says(text("y".repeat(5_000_000)), use("t1", "shell", { command: "touch x" })), done],
  });

  expect(exitCode, screen.slice(-500)).toBe(0);
  expect(JSON.stringify(product.turns.get(1)).length).toBeLessThan(200_000);
  expect(product.turns.get(1)).toMatchObject({
    content: [{ text: expect.stringContaining("characters left out") }, { text: "(cut off here)" }],
  });
  expect(product.turns.get(2)).toMatchObject({ content: expect.stringContaining("cut off") });
});

test("an empty answer is told, and the third in a row ends the life with its own code (A8)", async () => {
  const none = says();
  const { product, exitCode, screen } = await live({ answers: [none, none, none, done] });

  expect(exitCode).toBe(6);
  expect(lastLine(screen)).toContain("exit 6: it went in circles: its answers were empty");
  expect([...product.turns.values()].map(({ role }) => role)).toEqual(
    [1, 2, 3].flatMap(() => ["assistant", "user"]),
  );
});

const again = (id: string): ModelAnswer => says(use(id, "shell", { command: "echo . >> ran" }));

test("a call that is repeated is told once; repeated again it is not run, and the life ends (A8)", async () => {
  const { product, exitCode, screen } = await live({
    answers: [again("t1"), again("t2"), again("t3"), again("t4"), done],
  });

  expect(exitCode).toBe(6);
  expect(lastLine(screen)).toContain("exit 6: it went in circles: the same call 4 times in a row");
  expect(product.turns.get(6)).toMatchObject({
    content: [{ tool_use_id: "t3" }, { text: expect.stringContaining("You repeat yourself") }],
  });
  expect(product.turns.get(8)).toMatchObject({
    content: [{ tool_use_id: "t4", is_error: true, content: expect.stringContaining("Not run") }],
  });
  expect(product.turns.size).toBe(8);
});

test("who is told and goes another way lives on (A8)", async () => {
  const { exitCode } = await live({ answers: [again("t1"), again("t2"), again("t3"), done] });

  expect(exitCode).toBe(0);
});

test("the life after a loop begins anew: it is not ended for what the last one repeated (A8)", async () => {
  const said = ["t1", "t2", "t3", "t4"].flatMap((id) => [
    { role: "assistant" as const, content: [use(id, "shell", { command: "echo . >> ran" })] },
    {
      role: "user" as const,
      content: [{ type: "tool_result" as const, tool_use_id: id, content: "(no output)" }],
    },
  ]);
  const messages = [{ role: "user" as const, content: "Do it." }, ...said];
  const { exitCode } = await live({ start: { messages }, answers: [again("t5"), done] });

  expect(exitCode).toBe(0);
});

test("calls of a tool that does not exist are answered, told, and then end the life (A8)", async () => {
  const fly = (id: string): ModelAnswer => says(use(id, "fly", { to: id }));
  const { product, exitCode, screen } = await live({
    answers: [fly("t1"), fly("t2"), fly("t3"), fly("t4"), done],
  });

  expect(exitCode).toBe(6);
  expect(lastLine(screen)).toContain("4 answers in a row called what no tool can take (fly)");
  expect(product.turns.get(2)).toMatchObject({
    content: [{ content: expect.stringContaining("There is no tool fly. There are: git_commit") }],
  });
});

test.each([429, 403])(
  "a %i that asks it to sleep ends the life at once, without another try (G2, G5)",
  async (status) => {
    const message = "The epic's budget is spent.";
    const { product, exitCode, screen } = await live({
      answers: [{ kind: "status", status, message, headers: { "x-factory-hold": "sleep" } }, done],
    });

    expect(exitCode).toBe(4);
    expect(lastLine(screen)).toContain(`asleep until limits allow: ${message}`);
    expect(product.bodiesOf("/v1/messages")).toHaveLength(1);
  },
);
