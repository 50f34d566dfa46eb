import { expect, test } from "vitest";
import { pauseEpic } from "../../src/domain/decide-epic.ts";
import { takeMessages } from "../support/take-messages.ts";
import { atWork, stateOfAgent } from "./support/epic-at-work.ts";
import { toolsOf } from "./support/mcp-client.ts";
import { post } from "./support/post.ts";
import { strikesOf } from "./support/strikes-of.ts";
import { startWeb } from "./support/web.ts";

// What is not a life's own is refused with what to do, counted, and ended when it goes on.

const five = "x".repeat(5_000_000);

test("another's token, unknown tools and tasks, oversized and wrong arguments are refused and counted (A5)", async () => {
  const web = await startWeb();
  const { supervisor, worker } = await atWork(web);
  const { call } = await toolsOf(web, worker);

  const stolen = await web.request({ ...worker, token: supervisor.token }, "/agent/start");
  const guessed = await web.request({ ...worker, token: "guessed" }, "/agent/start");
  const unknown = await call("become_root");
  const foreign = await call("epic_approve", { task: 1, remarks: "" });
  const wrong = await call("task_submit", { summary: Number.NaN });
  const large = await post(web, worker, "/mcp", { method: "tools/call", params: { five } });

  expect([stolen.status, guessed.status, large.status]).toEqual([403, 401, 413]);
  expect([unknown, foreign, wrong].map(({ content }) => content)).toMatchObject([
    { error: "no-such-tool" },
    { error: "not-permitted" },
    { error: "wrong-arguments" },
  ]);
  expect(await strikesOf(web, worker)).toBe(6);
  expect(await strikesOf(web, supervisor)).toBe(0);
  expect(await stateOfAgent(web, "worker/1")).toBe("RUNNING");
  expect(web.lines.filter(({ event }) => event === "life.strike")).toHaveLength(6);
});

test("misjudging the state of a task is no misuse (A5)", async () => {
  const web = await startWeb();
  const { worker } = await atWork(web);
  const { call } = await toolsOf(web, worker);

  const early = await call("task_submit", { summary: "Done." });

  expect(early.content).toMatchObject({ error: "no-commit" });
  expect(await strikesOf(web, worker)).toBe(0);
});

test("a life that goes on with misuse is ended for good, and people are told once (A5)", async () => {
  const web = await startWeb((options) => ({ ...options, maxStrikes: 3 }));
  const { worker } = await atWork(web);
  const { call } = await toolsOf(web, worker);
  for (let count = 0; count < 6; count += 1) await call("become_root");

  const { agents, tasks } = await web.store.epics.view(web.epicId);
  expect(agents.find(({ key }) => key === "worker/1")).toMatchObject({ state: "FAILED" });
  expect(tasks[0]).toMatchObject({
    state: "FAILED",
    reason: expect.stringContaining("4 of its calls were refused as misuse, more than 3"),
  });
  const told = await takeMessages(web.store, web.epicId);
  expect(told.filter(({ kind }) => kind === "agentFailed")).toHaveLength(1);
  expect(await web.store.outbox.dueLanes("agent/")).toContain(`agent/${web.epicId}/worker/1`);
});

test("a call of an agent that was stopped, or of a life that is dead, changes nothing (A3, R12)", async () => {
  const web = await startWeb();
  const { worker } = await atWork(web);
  const { call } = await toolsOf(web, worker);
  await web.decide((view) => pauseEpic(view, { by: { id: 7, login: "ana" }, reason: "lunch" }));

  const stopped = await call("task_submit", { summary: "Done." });
  await web.beginLife("worker/1");
  const dead = await web.request(worker, "/agent/start");

  expect(stopped.content).toMatchObject({ error: "stopped" });
  expect(dead.status).toBe(401);
  expect(await strikesOf(web, worker)).toBe(1);
});

test("a call of an agent whose work is done is refused, and counted (A5, G1)", async () => {
  const web = await startWeb();
  const { worker } = await atWork(web);
  const { call } = await toolsOf(web, worker);
  await web.decide(({ agents }) => ({
    agents: agents
      .filter(({ key }) => key === "worker/1")
      .map((agent) => ({ ...agent, state: "DONE" })),
  }));

  const submitted = await call("task_submit", { summary: "Done." });
  const asked = await post(web, worker, "/v1/messages", { model: "model-w", messages: [] });

  expect(submitted.content).toMatchObject({ error: "stopped" });
  expect(asked.status).toBe(403);
  expect(await strikesOf(web, worker)).toBe(2);
});
