import { expect, test } from "vitest";
import type { WebOptions } from "../../src/http/index.ts";
import { takeMessages } from "../support/take-messages.ts";
import { atWork } from "./support/epic-at-work.ts";
import { toolsOf } from "./support/mcp-client.ts";
import { startWeb } from "./support/web.ts";

// An agent that does not get past a step is nobody's secret.

const soon = (options: WebOptions): WebOptions => ({
  ...options,
  tools: { ...options.tools, tellRefusalsAfter: 3 },
});
const wrongHead = { task: 1, head: "0".repeat(40), remarks: "" };

test("a worker whose submission is refused again and again is its supervisor's to help, once (A4)", async () => {
  const web = await startWeb(soon);
  const { worker } = await atWork(web);
  const { call } = await toolsOf(web, worker);
  const subjects = async () =>
    (await web.store.epics.view(web.epicId)).unreadMail.map(({ to, subject }) => [to, subject]);
  const submit = () => call("task_submit", { summary: "Done." });

  await submit();
  await call("task_status");
  await submit();
  const early = await subjects();
  await submit();
  await submit();

  expect(early).toEqual([]);
  expect(await subjects()).toEqual([
    ["supervisor", "Task 1: task_submit was refused 3 times in a row"],
  ]);
});

test("a supervisor's own is people's to know; what it may not do at all is not (A4, A5)", async () => {
  const web = await startWeb(soon);
  const { supervisor, worker } = await atWork(web);
  const asSupervisor = await toolsOf(web, supervisor);
  const asWorker = await toolsOf(web, worker);
  await takeMessages(web.store, web.epicId);

  for (let count = 0; count < 4; count += 1) {
    await asSupervisor.call("epic_approve", wrongHead);
    await asWorker.call("epic_approve", wrongHead);
  }

  const told = await takeMessages(web.store, web.epicId);
  expect(told).toMatchObject([
    { kind: "toolRefused", agent: "supervisor-12", tool: "epic_approve", times: 3 },
  ]);
  expect((await web.store.epics.view(web.epicId)).unreadMail).toEqual([]);
});
