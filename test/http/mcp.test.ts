import { expect, test } from "vitest";
import { pauseEpic } from "../../src/domain/decide-epic.ts";
import { taskOf } from "../../src/domain/decision.ts";
import { awaitFact } from "../../src/lib/await-fact.ts";
import { PortError } from "../../src/lib/port-error.ts";
import { atWork, headSha, withCommit } from "./support/epic-at-work.ts";
import { toolsOf } from "./support/mcp-client.ts";
import { startWeb, type Web } from "./support/web.ts";

const cart = { title: "Sell maps", description: "Maps for sale.", acceptance: ["They sell."] };

test("a life lists its role's tools with their schemas (A3)", async () => {
  const web = await startWeb();
  const { worker } = await atWork(web);
  const { client } = await toolsOf(web, worker);

  const { tools } = await client.listTools();

  expect(tools.map((tool) => tool.name)).toContain("git_commit");
  expect(tools.map((tool) => tool.name)).not.toContain("epic_approve");
  expect(tools.find((tool) => tool.name === "git_commit")?.inputSchema).toMatchObject({
    type: "object",
    required: ["message"],
  });
});

test("a call is decided and stored once, however often it is made (A8)", async () => {
  const web = await startWeb();
  const { supervisor } = await atWork(web);
  const { call } = await toolsOf(web, supervisor);

  const first = await call("epic_create_task", cart, "toolu_1");
  const again = await call("epic_create_task", cart, "toolu_1");
  const atOnce = await Promise.all(
    [1, 2, 3].map(() => call("epic_create_task", { ...cart, title: "Sell pens" }, "toolu_2")),
  );

  expect(first).toEqual({ isError: false, content: { task: 3, state: "PENDING" } });
  expect(again).toEqual(first);
  expect(atOnce.map((answer) => answer.content)).toEqual(
    Array(3).fill({ task: 4, state: "PENDING" }),
  );
  expect((await web.store.epics.view(web.epicId)).tasks).toHaveLength(4);
});

test("a call of the next life with the same id gets the first one's reply (A8)", async () => {
  const web = await startWeb();
  const { supervisor } = await atWork(web);
  const first = await (await toolsOf(web, supervisor)).call("epic_create_task", cart, "toolu_1");
  const next = await web.beginLife("supervisor");

  const again = await (await toolsOf(web, next)).call("epic_create_task", cart, "toolu_1");
  const other = await (await toolsOf(web, next)).call("epic_list_tasks", {}, "toolu_1");

  expect(again).toEqual(first);
  expect(other).toMatchObject({ isError: true, content: { error: "call-id-used" } });
});

test("a wrong argument is answered with what is expected, and nothing happens (A4)", async () => {
  const web = await startWeb();
  const { supervisor } = await atWork(web);
  const { call } = await toolsOf(web, supervisor);

  const answer = await call("epic_create_task", { title: 7, extra: true });

  expect(answer).toMatchObject({
    isError: true,
    content: {
      error: "wrong-arguments",
      detail: expect.stringMatching(/title: .*description: .*acceptance: .*extra/s),
      expected: { properties: { title: { type: "string", maxLength: 200 } } },
    },
  });
  expect((await web.store.epics.view(web.epicId)).tasks).toHaveLength(2);
});

test("a tool of another role is refused, logged and counted, and so is one that does not exist (A5)", async () => {
  const web = await startWeb();
  const { worker } = await atWork(web);
  const { call } = await toolsOf(web, worker);

  const foreign = await call("epic_approve", { task: 1, head: headSha }, "toolu_1");
  const repeated = await call("epic_approve", { task: 1, head: headSha }, "toolu_1");
  const unknown = await call("epic_finish", {});

  expect(foreign).toMatchObject({
    isError: true,
    content: { error: "not-permitted", detail: expect.stringContaining("git_commit") },
  });
  expect(repeated).toEqual(foreign);
  expect(unknown).toMatchObject({ content: { error: "no-such-tool" } });
  expect(web.lines.filter((line) => line.event === "tool.refused")).toMatchObject([
    { facts: { agent: "worker/1", tool: "epic_approve", refused: "not-permitted" } },
    { facts: { agent: "worker/1", tool: "epic_finish", refused: "no-such-tool" } },
  ]);
});

test("what a worker commits is its host's work: asked once, awaited, answered (A4, A8)", async () => {
  const web = await startWeb();
  const { worker } = await atWork(web);
  const { call } = await toolsOf(web, worker);

  const first = call("git_commit", { message: "Add a cart" }, "toolu_1");
  const meanwhile = call("git_commit", { message: "Add a cart" }, "toolu_1");
  const lane = `agent/${web.epicId}/worker/1`;
  await awaitFact(
    "the host is asked",
    () => web.store.conversations.openCalls(web.epicId, "worker/1"),
    (open) => open.some((one) => one.callId === "toolu_1"),
  );
  await answerFromHost(web, "toolu_1", { commit: headSha });

  const done = { isError: false, content: { commit: headSha } };
  expect([await first, await meanwhile]).toEqual([done, done]);
  expect(await call("git_commit", { message: "Add a cart" }, "toolu_1")).toEqual(done);
  expect(await hostEffects(web, lane)).toEqual(["startLife", "hostOperation"]);
});

test("a host that takes long is told about as pending, and a flood of calls is refused (A4)", async () => {
  const web = await startWeb((options) => ({
    ...options,
    tools: { ...options.tools, hostWaitMs: 10, maxOpenHostCalls: 2 },
  }));
  const { worker } = await atWork(web);
  const { call } = await toolsOf(web, worker);

  const pending = await call("git_commit", { message: "One" }, "toolu_1");
  await call("git_commit", { message: "Two" }, "toolu_2");
  const refused = await call("git_commit", { message: "Three" }, "toolu_3");

  expect(pending).toMatchObject({ isError: false, content: { pending: "toolu_1" } });
  expect(refused).toMatchObject({ isError: true, content: { error: "host-busy" } });
});

test("a submission is one transaction with its mail and effects (A4, L9a)", async () => {
  const web = await startWeb();
  const { worker } = await atWork(web);
  await withCommit(web);
  const { call } = await toolsOf(web, worker);

  const answer = await call("task_submit", { summary: "Done." }, "toolu_1");

  const view = await web.store.epics.view(web.epicId);
  expect(answer).toMatchObject({ content: { state: "PENDING_REVIEW", head: headSha } });
  expect(taskOf(view, 1)).toMatchObject({ state: "PENDING_REVIEW", submittedSha: headSha });
  expect(view.unreadMail).toMatchObject([{ to: "supervisor" }]);
});

test("mail that was listed does not come again (A8)", async () => {
  const web = await startWeb();
  const { worker } = await atWork(web);
  const mail = { to: "worker/1", from: { kind: "product" }, subject: "News", body: "x" } as const;
  await web.decide(() => ({ mail: [mail] }));
  const { call } = await toolsOf(web, worker);

  expect(await call("mail_list")).toMatchObject({ content: { mail: [{ subject: "News" }] } });
  expect(await call("mail_list")).toEqual({ isError: false, content: { mail: [], more: 0 } });
});

test("a paused agent's calls are refused (A5)", async () => {
  const web = await startWeb();
  const { supervisor } = await atWork(web);
  const { call } = await toolsOf(web, supervisor);
  await web.decide((view) => pauseEpic(view, { by: { id: 1, login: "mona" }, reason: "" }));

  expect(await call("epic_create_task", cart)).toMatchObject({ content: { error: "stopped" } });
});

test("a dead life's token opens no tool (A3)", async () => {
  const web = await startWeb();
  const { supervisor } = await atWork(web);
  const { call } = await toolsOf(web, supervisor);
  await web.beginLife("supervisor");

  await expect(call("epic_list_tasks")).rejects.toThrow(/401|unknownToken/);
});

test("a call's id that is no id is refused, and one that is missing is made up (A8)", async () => {
  const web = await startWeb();
  const { supervisor } = await atWork(web);
  const { call } = await toolsOf(web, supervisor);

  expect(await call("epic_list_tasks", {}, "mail/3")).toMatchObject({
    content: { error: "wrong-call-id" },
  });
  expect(await call("epic_list_tasks")).toMatchObject({ isError: false });
});

test("while the database is away an agent is told to call again, never an exception (A4)", async () => {
  let isAway = false;
  const web = await startWeb((options) => {
    const { epics } = options.store;
    const change: typeof epics.change = async (...args) => {
      if (isAway) throw new PortError("postgres", "is away", { retryable: true });
      return await epics.change(...args);
    };
    return { ...options, store: { ...options.store, epics: { ...epics, change } } };
  });
  const { supervisor } = await atWork(web);
  const { call } = await toolsOf(web, supervisor);
  isAway = true;
  const refused = await call("epic_create_task", cart, "toolu_1");
  isAway = false;
  const done = await call("epic_create_task", cart, "toolu_1");

  expect(refused).toMatchObject({ isError: true, content: { error: "unavailable" } });
  expect(done).toMatchObject({ isError: false, content: { task: 3 } });
});

async function answerFromHost(web: Web, callId: string, content: unknown): Promise<void> {
  await web.store.epics.change(web.epicId, { what: "test", actor: null }, () => ({
    decision: {},
    notes: [{ kind: "toolReply", agent: "worker/1", callId, reply: { isError: false, content } }],
    result: null,
  }));
}

/** The kinds of effects in an agent's lane, in order, taken as its host would. */
async function hostEffects(web: Web, lane: string): Promise<readonly string[]> {
  const { outbox } = web.store;
  const epoch = await outbox.claimLane(lane, "test", 60_000);
  if (epoch === null) throw new Error(`${lane} is held`);
  const kinds: string[] = [];
  for (let next = await outbox.next(lane, epoch); next; next = await outbox.next(lane, epoch)) {
    const { id } = next;
    kinds.push(next.effect.kind);
    await web.store.epics.change(web.epicId, { what: "test", actor: null }, () => ({
      decision: {},
      notes: [{ kind: "effectDone", id, epoch }],
      result: null,
    }));
  }
  return kinds;
}
