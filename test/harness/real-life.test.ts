import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";
import pg from "pg";
import { expect, test } from "vitest";
import { lifeEnded } from "../../src/domain/decide-life-end.ts";
import { defaultRestartRules } from "../../src/domain/restarts.ts";
import { awaitFact } from "../../src/lib/await-fact.ts";
import { stateOfAgent } from "../http/support/epic-at-work.ts";
import { start, worker } from "../local/model/start.ts";
import { startProduct } from "./real-product.ts";

const shell = (command: string) => ({ tool: "shell", input: { command } });
const done = { text: "Done.", when: { tool: "shell" }, times: "many" };

/** A tool that says where it is, and goes on for longer than the test. */
const endless = "echo ran >> journal; echo $$ > pid; exec sleep 600";

test("a life killed in the middle of a tool: the next one runs no tool twice and asks for no answer again (A8, R11)", async () => {
  const model = await start({
    script: worker([{ calls: [shell(endless), shell("echo second >> journal")] }, done]),
  });
  const { web, worker: life, worktree, run } = await startProduct(model);
  const journal = () => readFileSync(join(worktree, "journal"), "utf8");

  const killed = await run(life);
  await awaitFact("the tool runs", () => existsSync(join(worktree, "pid")), Boolean);
  const pid = Number(await awaitFact("it has said its pid", () => readPid(worktree), Boolean));
  killed.child.kill("SIGKILL");
  await killed.ended;
  process.kill(pid, "SIGKILL");
  const next = await run(await web.beginLife("worker/1"));

  expect(await next.ended, next.screen()).toBe(0);
  expect(journal()).toBe("ran\nsecond\n");
  const turns = await web.store.conversations.turns(web.epicId, "worker/1");
  expect(turns[2]).toMatchObject({
    content: [
      { is_error: true, content: expect.stringContaining("was interrupted") },
      { content: "(no output)" },
    ],
  });
  expect(model.calls().map(({ outcome }) => outcome)).toEqual(["answered", "answered"]);
});

function readPid(worktree: string): string {
  return readFileSync(join(worktree, "pid"), "utf8").trim();
}

test("a life killed while its model answers: that one turn is asked for again, and no other (A8)", async () => {
  const hang = { kind: "hang", hangMs: 600_000, after: 1 };
  const model = await start({
    script: worker([{ calls: [shell("echo 1")] }, done], { faults: [hang] }),
  });
  const { web, worker: life, run } = await startProduct(model);

  const killed = await run(life);
  const faults = async () => await (await model.control("GET", "/faults")).text();
  await awaitFact("the second question is asked", faults, (left) => left === '{"faults":[]}');
  killed.child.kill("SIGKILL");
  await killed.ended;
  const next = await run(await web.beginLife("worker/1"));

  expect(await next.ended, next.screen()).toBe(0);
  await awaitFact("every call is over", model.calls, (calls) => calls.length === 3);
  expect(
    model
      .calls()
      .map(({ outcome }) => outcome)
      .sort(),
  ).toEqual([...["aborted", "answered", "answered"]]);
  expect(await web.store.conversations.turns(web.epicId, "worker/1")).toHaveLength(4);
});

test("an answer cut in the middle is asked for again, and what both cost is booked (G3)", async () => {
  const model = await start({
    script: worker([{ text: "Done." }], { faults: [{ kind: "cut", afterEvents: 4 }] }),
  });
  const { web, worker: life, run } = await startProduct(model);

  const { ended, screen } = await run(life);

  expect(await ended, screen()).toBe(0);
  expect(screen()).toContain("asking the model: ");
  const [cut = 0, whole = 0] = model
    .calls()
    .map((call) => call.inputTokens + call.cacheReadTokens + call.cacheWrittenTokens);
  const booked = await awaitFact(
    "both are booked",
    () => web.store.modelCalls.byRole(),
    ([first]) => first?.calls === 2,
  );
  expect(booked).toMatchObject([{ role: "worker", tokensIn: cut + whole }]);
});

test("mail that comes in the moment a life goes to sleep wakes its agent, with the conversation intact (A8, R11)", async () => {
  const model = await start({
    script: worker([{ text: "I wait." }, { when: { contains: "Look" }, text: "I looked." }]),
  });
  const { web, worker: life, run } = await startProduct(model);

  const slept = await run(life);
  expect(await slept.ended, slept.screen()).toBe(0);
  await web.decide(() => ({
    mail: [{ to: "worker/1", from: { kind: "product" }, subject: "News", body: "Look." }],
  }));
  expect(await stateOfAgent(web, "worker/1")).toBe("WAITING");
  const end = { agent: "worker/1", life: life.life, end: { how: "asleep" } } as const;
  await web.decide((view) => lifeEnded(view, end, defaultRestartRules));
  expect(await stateOfAgent(web, "worker/1")).toBe("STARTING");
  const woken = await run(await web.beginLife("worker/1"));

  expect(await woken.ended, woken.screen()).toBe(0);
  const turns = await web.store.conversations.turns(web.epicId, "worker/1");
  expect(turns.map(({ content }) => JSON.stringify(content))).toEqual([
    '"Do task 1."',
    expect.stringContaining("I wait."),
    expect.stringContaining("Look."),
    expect.stringContaining("I looked."),
  ]);
  expect(model.calls()).toHaveLength(2);
});

test("a long conversation is compacted on the way, logged, and the next life begins from there (A8)", async () => {
  const long = (step: number) => shell(`echo step ${step}; seq 1 1200 | tr '\\n' ' '`);
  const model = await start({
    script: worker([
      { when: { contains: "window is nearly full" }, text: "Steps were made.", times: "many" },
      { calls: [long(1)] },
      { when: { contains: "step 1" }, calls: [long(2)] },
      { when: { contains: "step 2" }, calls: [long(3)] },
      { when: { contains: "step 3" }, text: "Done." },
    ]),
  });
  const limits = { contextTokens: 10_000, compactAtPercent: 50, compactKeepPercent: 5 };
  const { web, worker: life, run } = await startProduct(model, limits);

  const { ended, screen } = await run(life);

  expect(await ended, screen()).toBe(0);
  expect(screen()).toMatch(/compacted: about \d+ → \d+ tokens/);
  const next = await web.beginLife("worker/1");
  const begun = Object(await (await web.request(next, "/agent/start")).json());
  const stored = await web.store.conversations.turns(web.epicId, "worker/1");
  expect(stored).toHaveLength(8);
  expect(begun).toMatchObject({ nextSeq: 8, compaction: { summary: "Steps were made." } });
  expect(begun.messages.length).toBeLessThan(8);
  expect(model.failures()).toEqual([]);
  expect(await loggedCompactions(web.databaseUrl)).toEqual([
    { agent: "worker/1", detail: expect.objectContaining({ life: life.life }) },
  ]);
});

async function loggedCompactions(databaseUrl: string): Promise<readonly unknown[]> {
  const client = new pg.Client({ connectionString: databaseUrl });
  await client.connect();
  const { rows } = await client.query(
    "select agent, detail from decisions where what = 'conversation compacted'",
  );
  await client.end();
  return rows;
}
