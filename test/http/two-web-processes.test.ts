import { expect, onTestFinished, test } from "vitest";
import { createStore } from "../../src/adapters/postgres/store.ts";
import { createWebHandlers } from "../../src/http/index.ts";
import { awaitFact } from "../../src/lib/await-fact.ts";
import { rules } from "../support/store.ts";
import { atWork, headSha } from "./support/epic-at-work.ts";
import { toolsOf } from "./support/mcp-client.ts";
import { serve, startWeb, type Web } from "./support/web.ts";

// No web process knows anything of its own about an agent: any one answers.

/** Another process in front of the same database. */
async function beside(web: Web): Promise<Web> {
  const { databaseUrl } = web;
  const store = await createStore({ databaseUrl, rules, onChange: async () => {} });
  onTestFinished(() => store.close());
  return { ...web, store, url: await serve(createWebHandlers({ ...web.options, store })) };
}

const task = { title: "Sell maps", description: "Maps.", acceptance: ["They sell."] };

test("a call that two web processes get at once is decided once, and both answer it (A3, A8)", async () => {
  const one = await startWeb();
  const other = await beside(one);
  const { supervisor } = await atWork(one);
  const before = (await one.store.epics.view(one.epicId)).tasks.length;
  const calls = await Promise.all([one, other].map((web) => toolsOf(web, supervisor)));

  const answers = await Promise.all(
    calls.map(({ call }) => call("epic_create_task", task, "toolu_1")),
  );

  expect(answers[0]).toMatchObject({ isError: false });
  expect(answers[1]).toEqual(answers[0]);
  expect((await one.store.epics.view(one.epicId)).tasks).toHaveLength(before + 1);
});

test("what one web process was asked and another is told by the host, a third answers (A3, A8)", async () => {
  const one = await startWeb();
  const other = await beside(one);
  const { worker } = await atWork(one);
  const asked = (await toolsOf(one, worker)).call("git_commit", { message: "Maps" }, "toolu_1");
  await awaitFact(
    "the host is asked",
    () => other.store.conversations.openCalls(one.epicId, "worker/1"),
    (open) => open.some(({ callId }) => callId === "toolu_1"),
  );

  const again = (await toolsOf(other, worker)).call("git_commit", { message: "Maps" }, "toolu_1");
  const reply = { isError: false, content: { commit: headSha } };
  await other.store.epics.change(one.epicId, { what: "test", actor: null }, () => ({
    decision: {},
    notes: [{ kind: "toolReply", agent: "worker/1", callId: "toolu_1", reply }],
    result: null,
  }));
  const late = await (await toolsOf(await beside(one), worker)).call("git_commit", {}, "toolu_1");

  expect([await asked, await again, late]).toEqual([reply, reply, reply]);
});

test("a life that began anew is a stranger to every web process with its old token (A3)", async () => {
  const one = await startWeb();
  const other = await beside(one);
  const { worker } = await atWork(one);
  expect((await other.request(worker, "/agent/start")).status).toBe(200);

  await one.beginLife("worker/1");

  expect((await other.request(worker, "/agent/start")).status).toBe(401);
});
