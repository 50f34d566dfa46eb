import { expect, test } from "vitest";
import { createLocalJournal } from "../../../src/harness/claude-code/local-journal.ts";
import { mendCalls } from "../../../src/harness/claude-code/mend-calls.ts";
import { doorAt } from "../../../src/harness/door.ts";
import { createFactoryApi } from "../../../src/harness/factory-api.ts";
import { createPane } from "../../../src/harness/pane.ts";
import { DEFAULT_PATIENCE } from "../../../src/harness/weather.ts";
import { temporaryFolder } from "../../support/temporary-folder.ts";
import { createFakeProduct, type Script, serveLife } from "../fake-product.ts";

async function atProduct(script: Script) {
  const product = createFakeProduct(script);
  const brokerDir = await serveLife(product, temporaryFolder());
  const door = doorAt(`${brokerDir}/broker.sock`, "t");
  const api = createFactoryApi(door);
  const around = { api, pane: createPane(() => {}), patience: DEFAULT_PATIENCE };
  const journal = createLocalJournal(around);
  return { product, journal, around: { ...around, journal, door } };
}

const use = (id: string, name: string) => ({
  ...{ type: "tool_use" as const, id, name, input: { message: "x" } },
});

test("calls a life left open: the product's are made under their own ids, others told as interrupted (A8)", async () => {
  const { product, around } = await atProduct({
    localCalls: { ran: { state: "done", result: { content: "its result", isError: false } } },
  });

  const results = await mendCalls(
    [use("c1", "mcp__factory__git_commit"), use("ran", "Bash"), use("cut", "Bash")],
    around,
  );

  expect(results).toMatchObject([
    { tool_use_id: "c1", content: "committed" },
    { tool_use_id: "ran", content: "its result" },
    { tool_use_id: "cut", is_error: true, content: expect.stringContaining("was interrupted") },
  ]);
  const calls = product.bodiesOf("/mcp").filter((body) => Object(body).method === "tools/call");
  expect(calls).toMatchObject([
    { params: { name: "git_commit", _meta: { "factory/callId": "c1" } } },
  ]);
  expect(product.bodiesOf("/agent/local-calls").map((body) => Object(body).state)).toEqual([
    ...["started", "started", "done"],
  ]);
});

test("a call that another life began is not run by Claude Code again (A8)", async () => {
  const { journal, product } = await atProduct({ localCalls: { t1: { state: "interrupted" } } });

  expect(await journal.begin("t1", "Bash", {})).toContain("was interrupted");
  expect(await journal.begin("t2", "Bash", {})).toBeNull();
  await journal.end("t1", { content: "not ours", isError: false });
  await journal.end("t2", { content: "done", isError: false });

  expect(product.bodiesOf("/agent/local-calls").slice(2)).toMatchObject([
    { callId: "t2", tool: "bash", state: "done", result: { content: "done" } },
  ]);
});
