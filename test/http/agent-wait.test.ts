import { expect, test } from "vitest";
import { pauseEpic } from "../../src/domain/decide-epic.ts";
import { createWebHandlers } from "../../src/http/index.ts";
import { awaitFact } from "../../src/lib/await-fact.ts";
import { atWork, stateOfAgent } from "./support/epic-at-work.ts";
import { postJson } from "./support/post.ts";
import { headersOf, type Life, serve, startWeb, type Web } from "./support/web.ts";

async function mailTo(web: Web, agent: Life["agent"], subject: string): Promise<void> {
  const from = { kind: "product" } as const;
  await web.decide(() => ({ mail: [{ to: agent, from, subject, body: "Read me." }] }));
}

/** A wait answered by a process that dies between taking the mail and storing its turn. */
async function waitOnDying(web: Web, life: Life): Promise<Response> {
  const append = () => Promise.reject(new Error("killed"));
  const store = { ...web.store, conversations: { ...web.store.conversations, append } };
  const url = await serve(createWebHandlers({ ...web.options, store }));
  const body = JSON.stringify({ idleMs: 1 });
  return await fetch(`${url}/agent/wait`, { method: "POST", headers: headersOf(life), body });
}

test("waiting takes all unread mail as one turn of the conversation, once (A8, H3)", async () => {
  const web = await startWeb();
  const { worker } = await atWork(web);
  await web.request(worker, "/agent/start");
  await mailTo(web, "worker/1", "First");
  await mailTo(web, "worker/1", "Second");
  await mailTo(web, "supervisor", "Other");

  const mail = await postJson(web, worker, "/agent/wait", { idleMs: 1 });
  const nothing = await postJson(web, worker, "/agent/wait", { idleMs: 1 });

  const text = "First: Read me.\nSecond: Read me.";
  expect(mail).toEqual({ kind: "mail", text, seq: 1 });
  expect(nothing).toEqual({ kind: "sleep" });
  const turns = await web.store.conversations.turns(web.epicId, "worker/1");
  expect(turns).toEqual([
    { role: "user", content: "Do task 1." },
    { role: "user", content: text },
  ]);
});

test("a wait is answered as soon as mail comes, and shows as WAITING meanwhile (A8)", async () => {
  const web = await startWeb();
  const { worker } = await atWork(web);
  await web.request(worker, "/agent/start");

  const answer = postJson(web, worker, "/agent/wait", { idleMs: 20_000 });
  await awaitFact(
    "the worker waits",
    () => stateOfAgent(web, "worker/1"),
    (state) => state === "WAITING",
  );
  const startedMs = Date.now();
  await mailTo(web, "worker/1", "News");

  expect(await answer).toMatchObject({ kind: "mail", seq: 1 });
  expect(Date.now() - startedMs).toBeLessThan(5_000);
  expect(await stateOfAgent(web, "worker/1")).toBe("RUNNING");
});

test("mail that a life took and did not live to store is in the next life's conversation, once (A8)", async () => {
  const web = await startWeb();
  const { worker } = await atWork(web);
  await web.request(worker, "/agent/start");
  await mailTo(web, "worker/1", "News");
  const lost = await waitOnDying(web, worker);
  expect(lost.status).toBe(500);
  const next = await web.beginLife("worker/1");

  const start = await (await web.request(next, "/agent/start")).json();
  const wait = await postJson(web, next, "/agent/wait", { idleMs: 1 });

  expect(start).toMatchObject({
    messages: [
      { role: "user", content: "Do task 1." },
      { role: "user", content: "News: Read me." },
    ],
  });
  expect(wait).toEqual({ kind: "sleep" });
});

test("a paused agent that waits is told to stop (A8)", async () => {
  const web = await startWeb();
  const { worker } = await atWork(web);
  await web.request(worker, "/agent/start");

  const answer = postJson(web, worker, "/agent/wait", { idleMs: 20_000 });
  await awaitFact(
    "the worker waits",
    () => stateOfAgent(web, "worker/1"),
    (state) => state === "WAITING",
  );
  await web.decide((view) => pauseEpic(view, { by: { id: 1, login: "mona" }, reason: "lunch" }));

  expect(await answer).toEqual({ kind: "stop", reason: "You are PAUSED: end your turn now." });
  expect((await web.request(worker, "/agent/start")).status).toBe(409);
});

test("an agent that waits longer than one poll lasts goes to sleep when its time is over (A8)", async () => {
  const web = await startWeb((options) => ({
    ...options,
    agents: { ...options.agents, longestPollMs: 50 },
  }));
  const { worker } = await atWork(web);
  await web.request(worker, "/agent/start");
  const idleMs = 400;

  const answers: unknown[] = [];
  await awaitFact(
    "the agent is told to sleep",
    async () => {
      answers.push(await postJson(web, worker, "/agent/wait", { idleMs }));
      return answers;
    },
    (all) => JSON.stringify(all.at(-1)) === '{"kind":"sleep"}',
  );

  expect(answers[0]).toEqual({ kind: "nothing" });
});
