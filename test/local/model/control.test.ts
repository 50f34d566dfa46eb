import { appendFileSync, mkdtempSync, readFileSync, rmSync, statSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect, onTestFinished, test } from "vitest";
import { ask, start, worker } from "./start.ts";

const script = worker([{ name: "hello", text: "hi" }, { fail: "nobody should ask twice" }]);

function temporaryFolder(): string {
  const folder = mkdtempSync(join(tmpdir(), "scripted-model-test-"));
  onTestFinished(() => rmSync(folder, { recursive: true }));
  return folder;
}

test("every call is listed with role, tokens and seconds, and summed by role", async () => {
  let nowMs = Date.UTC(2026, 0, 1);
  const model = await start({
    script,
    now: () => {
      nowMs += 500;
      return nowMs;
    },
  });
  const { usage } = await model.client.messages.create(ask("go"));
  await model.client.messages.create({ ...ask("go"), max_tokens: 0 }).catch(() => null);
  const answer: unknown = await (await model.control("GET", "/calls")).json();
  expect(answer).toMatchObject({
    calls: [
      {
        at: "2026-01-01T00:00:01.000Z",
        role: "worker",
        actor: "default",
        turn: "hello",
        model: "claude-test",
        status: 200,
        outcome: "answered",
        inputTokens: usage.input_tokens,
        outputTokens: usage.output_tokens,
        failure: null,
      },
      { role: null, status: 400, outcome: "refused" },
    ],
    totals: {
      worker: { calls: 1, inputTokens: usage.input_tokens, outputTokens: usage.output_tokens },
      unknown: { calls: 1, inputTokens: 0 },
    },
  });
  expect(model.calls()[0]?.seconds).toBeGreaterThan(0);
});

test("what the script could not answer is a failure to be found", async () => {
  const model = await start({ script });
  const { messages, ...rest } = ask("go");
  const again = [...messages, { role: "assistant" as const, content: "hi" }, ...messages];
  const reply = await model.client.messages.create({ ...rest, messages: again });
  expect(reply.content[0]).toMatchObject({
    text: "SCRIPT EXPECTATION FAILED: worker: default: 1: nobody should ask twice",
  });
  const answer: unknown = await (await model.control("GET", "/failures")).json();
  expect(answer).toMatchObject({ failures: [{ turn: "1", failure: "nobody should ask twice" }] });
  expect(model.failures()).toHaveLength(1);
});

test("faults are added, listed and cleared while it runs", async () => {
  const model = await start({ script });
  const fault = { kind: "status", status: 529, times: 3 };
  const added = await model.control("POST", "/faults", fault);
  expect([added.status, await added.json()]).toEqual([
    201,
    { faults: [{ ...fault, after: 0, left: 3 }] },
  ]);
  await expect(model.client.messages.create(ask("go"))).rejects.toMatchObject({ status: 529 });
  const pending: unknown = await (await model.control("GET", "/faults")).json();
  expect(pending).toEqual({ faults: [{ ...fault, after: 0, left: 2 }] });
  await model.control("DELETE", "/faults");
  await expect(model.client.messages.create(ask("go"))).resolves.toMatchObject({
    role: "assistant",
  });
});

test("a fault with a mistake is refused with its key", async () => {
  const model = await start({ script });
  const refused = await model.control("POST", "/faults", [{ kind: "cut" }]);
  expect(refused.status).toBe(400);
  expect(await refused.json()).toMatchObject({
    error: { type: "invalid_request_error", message: "0.afterEvents: Field required" },
  });
});

test("without the token the control interface answers nothing", async () => {
  const model = await start({ script, controlToken: "secret" });
  const statuses = await Promise.all(
    ["/calls", "/failures", "/faults"].flatMap((path) => [
      fetch(`${model.url}/_control${path}`),
      fetch(`${model.url}/_control${path}`, { headers: { authorization: "Bearer guess" } }),
      model.control("GET", path),
    ]),
  );
  expect(statuses.map(({ status }) => status)).toEqual([
    401, 401, 200, 401, 401, 200, 401, 401, 200,
  ]);
});

test("the data folder keeps the token and the calls for the next start, even after a cut line", async () => {
  const dataDir = temporaryFolder();
  const first = await start({ script, dataDir });
  await first.client.messages.create(ask("go"));
  await first.close();
  appendFileSync(join(dataDir, "calls.jsonl"), '{"at":"2026');
  const second = await start({ script, dataDir });
  expect(second.controlToken).toBe(first.controlToken);
  expect(second.calls()).toEqual(first.calls());
  expect(readFileSync(join(dataDir, "control-token"), "utf8").trim()).toBe(first.controlToken);
  expect(statSync(join(dataDir, "control-token")).mode & 0o777).toBe(0o600);
});
