import { expect, test } from "vitest";
import { lifeEnded } from "../../src/domain/decide-life-end.ts";
import { defaultRestartRules } from "../../src/domain/restarts.ts";
import { atWork, stateOfAgent } from "./support/epic-at-work.ts";
import { post, postJson } from "./support/post.ts";
import { startWeb } from "./support/web.ts";

const _mona = { id: 1, login: "mona" };

test("a first life is told who it is and gets its first message once (A8)", async () => {
  const web = await startWeb();
  const life = await web.beginLife("supervisor");

  const first = await (await web.request(life, "/agent/start")).json();
  const again = await (await web.request(life, "/agent/start")).json();

  expect(first).toEqual({
    agent: "supervisor-12",
    life: 1,
    role: "supervisor",
    model: "model-s",
    maxTokens: 16_000,
    system: "You are a supervisor.",
    messages: [{ role: "user", content: "Lead epic 12." }],
    nextSeq: 1,
    compaction: null,
    sessionNotes: [],
    openCalls: [],
    limits: {
      ...{ idleMs: 20_000, maxTurns: 200, toolTimeoutMs: 120_000, toolOutputBytes: 30_000 },
      ...{ contextTokens: 200_000, compactAtPercent: 75, compactKeepPercent: 20 },
      ...{ summaryTokens: 4_000, answerMs: 600_000, answerBytes: 1_000_000, turnBytes: 2_000_000 },
      ...{ patienceMs: 900_000, sameCallTimes: 3, wrongCallTimes: 3, emptyAnswerTimes: 3 },
    },
  });
  expect(again).toEqual(first);
  expect(await stateOfAgent(web, "supervisor")).toBe("RUNNING");
});

test("a next life goes on with the whole conversation, and the one before is told to end (A8)", async () => {
  const web = await startWeb();
  const before = await web.beginLife("supervisor");
  await web.request(before, "/agent/start");
  const turn = { seq: 1, role: "assistant", content: [{ type: "text", text: "I plan." }] };
  const stored = await post(web, before, "/agent/turns", turn);
  const repeated = await post(web, before, "/agent/turns", turn);
  const next = await web.beginLife("supervisor");

  const start = await (await web.request(next, "/agent/start")).json();
  const late = await post(web, before, "/agent/turns", { ...turn, seq: 2 });

  expect([stored.status, repeated.status, late.status]).toEqual([204, 204, 401]);
  expect(start).toMatchObject({
    messages: [
      { role: "user", content: "Lead epic 12." },
      { role: "assistant", content: [{ type: "text", text: "I plan." }] },
    ],
  });
});

test("a turn with characters PostgreSQL cannot hold is stored with them replaced (A8)", async () => {
  const web = await startWeb();
  const life = await web.beginLife("supervisor");
  await web.request(life, "/agent/start");

  const turn = { seq: 1, role: "assistant", content: [{ type: "text", text: "a\u0000b\ud800" }] };
  const stored = await post(web, life, "/agent/turns", turn);

  expect(stored.status).toBe(204);
  const turns = await web.store.conversations.turns(web.epicId, "supervisor");
  expect(turns[1]?.content).toEqual([{ type: "text", text: "a\ufffdb\ufffd" }]);
});

test("a turn that is no turn is refused with what is wrong (S3)", async () => {
  const web = await startWeb();
  const life = await web.beginLife("supervisor");

  const reply = await post(web, life, "/agent/turns", { seq: -1, role: "system", content: "x" });

  expect(reply.status).toBe(400);
  expect(await reply.json()).toMatchObject({
    error: "wrongBody",
    detail: expect.stringMatching(/seq.*role/s),
  });
});

test("a local tool that ran is not run again by the next life, one that may have run neither (A8)", async () => {
  const web = await startWeb();
  const { worker } = await atWork(web);
  const call = (callId: string) => ({ callId, tool: "shell", state: "started" });
  const begun = await postJson(web, worker, "/agent/local-calls", call("toolu_1"));
  const begunAgain = await postJson(web, worker, "/agent/local-calls", call("toolu_1"));
  const result = { content: "ok", isError: false };
  const done = await post(web, worker, "/agent/local-calls", {
    callId: "toolu_1",
    tool: "shell",
    state: "done",
    result,
  });
  await postJson(web, worker, "/agent/local-calls", call("toolu_2"));
  const next = await web.beginLife("worker/1");

  const ran = await postJson(web, next, "/agent/local-calls", call("toolu_1"));
  const mayHaveRun = await postJson(web, next, "/agent/local-calls", call("toolu_2"));
  const start = await (await web.request(next, "/agent/start")).json();

  expect([begun, begunAgain]).toEqual([{ state: "started" }, { state: "started" }]);
  expect(done.status).toBe(204);
  expect(ran).toEqual({ state: "done", result });
  expect(mayHaveRun).toEqual({ state: "interrupted" });
  expect(start).toMatchObject({ openCalls: [{ callId: "toolu_2", tool: "shell" }] });
});

test("the end of a local tool that never began is refused (A8)", async () => {
  const web = await startWeb();
  const { worker } = await atWork(web);

  const done = await post(web, worker, "/agent/local-calls", {
    callId: "toolu_9",
    state: "done",
    result: "x",
  });

  expect(done.status).toBe(404);
});

test("a token opens nothing without its own life's socket and the broker's secret (A3, S5)", async () => {
  const web = await startWeb();
  const { supervisor, worker } = await atWork(web);
  const ask = async (headers: Record<string, string>): Promise<number> =>
    (await web.request(worker, "/agent/start", { headers })).status;

  expect(await ask({})).toBe(200);
  expect(await ask({ "x-factory-broker": "guessed" })).toBe(403);
  expect(await ask({ "x-factory-life": supervisor.name })).toBe(403);
  expect(await ask({ "x-factory-life": "" })).toBe(403);
  expect(await ask({ authorization: "Bearer guessed" })).toBe(401);
  expect(await ask({ authorization: "" })).toBe(401);
  expect(await ask({ origin: "https://evil.example" })).toBe(403);
});

test("a life that has ended is not let in any more (A3)", async () => {
  const web = await startWeb();
  const { worker } = await atWork(web);
  const end = { agent: worker.agent, life: worker.life, end: { how: "asleep" } } as const;
  await web.store.epics.change(web.epicId, { what: "test", actor: null }, (view) => ({
    decision: lifeEnded(view, end, defaultRestartRules),
    notes: [
      {
        kind: "lifeEnded",
        agent: worker.agent,
        life: worker.life,
        how: "asleep",
        reason: "",
        lastScreen: "",
      },
    ],
    result: null,
  }));

  const reply = await web.request(worker, "/agent/start");

  expect(reply.status).toBe(401);
});
