import { afterEach, beforeEach, expect, test } from "vitest";
import { openDatabase } from "../../../src/adapters/postgres/database.ts";
import { agentWaits, giveWay, lifeStarted } from "../../../src/domain/decide-agent.ts";
import { beginEpic } from "../../../src/domain/decide-epic.ts";
import type { Decision, EpicView } from "../../../src/domain/epic-view.ts";
import type { PlaceAsked } from "../../../src/ports/places.ts";
import type { Store } from "../../../src/ports/store.ts";
import { openTestStore, rules } from "../../support/store.ts";

// Places of supervisors: each epic asks for one.

let store: Store;
let database: ReturnType<typeof openDatabase>;

beforeEach(async () => {
  const opened = await openTestStore();
  store = opened.store;
  database = openDatabase(opened.databaseUrl);
});
afterEach(async () => {
  await database.db.destroy();
  await store.close();
});

const limits = { workers: 10, supervisors: 2, sharePercent: 100 };
const product = { queue: "product", host: "h" } as const;

async function decide(epicId: number, decision: (view: EpicView) => Decision): Promise<void> {
  await store.epics.change(epicId, { what: "test", actor: null }, (view) => ({
    decision: decision(view),
    result: null,
  }));
}

/** An epic whose supervisor is to start, and what that start asks for. */
async function anEpic(issueNumber: number, installationId = 11): Promise<PlaceAsked> {
  const repository = await store.repositories.remember({
    githubId: installationId,
    installationId,
    owner: "acme",
    name: `shop-${installationId}`,
  });
  const { epicId } = await store.epics.open({
    repository,
    issueNumber,
    title: "A catalogue",
    body: "Build it.",
    author: { id: 7, login: "ana" },
    plan: "auto",
    verifyCommand: null,
    branch: `ff/epic-${issueNumber}`,
    baseBranch: "main",
  });
  await decide(epicId, (view) => beginEpic(view, rules.profiles.supervisor));
  const { rows } = await database.pool.query(
    "select id from outbox where epic_id = $1 and kind = 'startLife'",
    [epicId],
  );
  return { epicId, agent: "supervisor", role: "supervisor", effectId: Number(rows[0].id) };
}

function begin(asked: PlaceAsked, more: Partial<typeof limits> = {}) {
  const life = {
    epicId: asked.epicId,
    agent: asked.agent,
    role: asked.role,
    host: "h",
    namePrefix: `r1-supervisor-${asked.epicId}`,
    tokenHash: `token ${asked.epicId}`,
  };
  return store.lives.beginInPlace(life, asked.effectId, { ...limits, ...more });
}

/** The life runs, and its effect is done. */
async function runs(asked: PlaceAsked): Promise<void> {
  expect(await begin(asked)).toMatchObject({ kind: "begun" });
  await decide(asked.epicId, (view) => lifeStarted(view, "supervisor", 1));
  await database.pool.query("update outbox set state = 'done' where id = $1", [asked.effectId]);
}

/** It waits for mail, and has none. */
async function rest({ epicId }: PlaceAsked): Promise<void> {
  await decide(epicId, (view) => agentWaits(view, "supervisor", true));
  await database.pool.query("update mail set read_at = now() where epic_id = $1", [epicId]);
}

/** As a lane does that was told to wait. */
async function waits(asked: PlaceAsked, queuedFor = "product"): Promise<void> {
  await database.pool.query("update outbox set due_at = now() where id = $1", [asked.effectId]);
  const lane = `agent/${asked.epicId}/supervisor`;
  const epoch = (await store.outbox.claimLane(lane, "test", 60_000)) ?? 0;
  await store.outbox.next(lane, epoch);
  const wait = { reason: "2 of 2 supervisors are at work", delayMs: 60_000, isLook: false };
  await store.outbox.postpone(asked.effectId ?? 0, epoch, { ...wait, queuedFor });
  await store.outbox.releaseLane(lane, epoch);
}

test("what is over the limit waits in the order of its effects and knows its place (G6)", async () => {
  const [first, second, third, fourth] = [
    await anEpic(1),
    await anEpic(2),
    await anEpic(3),
    await anEpic(4),
  ];
  await runs(first);
  await runs(second);

  expect(await begin(fourth)).toMatchObject({ kind: "queued", place: 2 });
  expect(await begin(third)).toMatchObject({
    kind: "queued",
    place: 1,
    why: "2 of 2 supervisors are at work",
  });
  await waits(third);
  await waits(fourth);
  const status = await store.epics.status(fourth.epicId);

  expect(status.queue).toEqual([
    { who: "supervisor-4", place: 2, of: 2, whyText: "2 of 2 supervisors are at work" },
  ]);
});

test("who waits for his own dependencies stands in nobody's way (G6, Q3b)", async () => {
  const [first, second, third] = [await anEpic(1), await anEpic(2), await anEpic(3)];
  await waits(first, "setup");
  await waits(second, "setup");

  expect(await begin(third, { supervisors: 1 })).toMatchObject({ kind: "begun" });
  expect((await store.epics.status(second.epicId)).queue).toMatchObject([{ place: 1, of: 1 }]);
});

test("waiting in line is no try and no look, and never ends in a refusal (G6)", async () => {
  const asked = await anEpic(1);
  for (let look = 0; look < 3; look += 1) await waits(asked);

  const { rows } = await database.pool.query(
    "select attempts, looks, state, queued_for from outbox where id = $1",
    [asked.effectId],
  );
  expect(rows).toEqual([{ attempts: 0, looks: 0, state: "waiting", queued_for: "product" }]);
});

test("two starts at once never take the same place (G6)", async () => {
  const asked = [await anEpic(1), await anEpic(2), await anEpic(3), await anEpic(4)];

  const answers = await Promise.all(asked.map((one) => begin(one)));

  const { rows } = await database.pool.query(
    "select count(*)::int as open from lives where ended_at is null",
  );
  expect(rows[0].open).toBeLessThanOrEqual(2);
  expect(answers.slice(0, 2).map(({ kind }) => kind)).toEqual(["begun", "begun"]);
});

test("an installation has its share of the places, and leaves the others theirs (G6)", async () => {
  const [one, two, other] = [await anEpic(1), await anEpic(2), await anEpic(3, 12)];
  await runs(one);

  expect(await begin(two, { sharePercent: 50 })).toMatchObject({
    kind: "queued",
    queue: "installation",
    why: "1 of 1 supervisors are at work in this installation",
  });
  await waits(two, "installation");
  expect(await begin(other, { sharePercent: 50 })).toMatchObject({ kind: "begun" });
});

test("whoever waits longest for mail gives way, and the first in line is called (G6)", async () => {
  const [one, two, third] = [await anEpic(1), await anEpic(2), await anEpic(3)];
  await runs(one);
  await runs(two);
  expect(await store.places.longestWaiting(third, product)).toBeNull();
  await rest(one);
  await rest(two);
  await database.pool.query(
    "update lives set progress_at = now() - interval '1 minute' where epic_id = $1",
    [two.epicId],
  );
  await waits(third);

  const longest = await store.places.longestWaiting(third, product);
  expect(longest).toEqual({ epicId: two.epicId, agent: "supervisor" });
  await decide(two.epicId, (view) => giveWay(view, "supervisor"));
  expect((await store.lives.onHost("h")).find(({ isWanted }) => !isWanted)).toMatchObject({
    epicId: two.epicId,
  });
  await store.epics.change(two.epicId, { what: "test", actor: null }, () => ({
    decision: {},
    notes: [
      {
        kind: "lifeEnded",
        ...{ agent: "supervisor", life: 1, how: "stopped", reason: "", lastScreen: "" },
      },
    ],
    result: null,
  }));

  expect(await store.outbox.dueLanes("agent/")).toContain(`agent/${third.epicId}/supervisor`);
  expect(await begin(third)).toMatchObject({ kind: "begun" });
});

test("agents with mail give way to nobody (G6)", async () => {
  const [one, second] = [await anEpic(1), await anEpic(2)];
  await runs(one);
  await rest(one);
  await decide(one.epicId, () => ({
    mail: [{ to: "supervisor", from: { kind: "product" }, subject: "s", body: "b" }],
  }));

  expect(await store.places.longestWaiting(second, product)).toBeNull();
  await decide(one.epicId, (view) => giveWay(view, "supervisor"));
  expect((await store.epics.view(one.epicId)).agents[0]).toMatchObject({ state: "WAITING" });
});

test("what follows a start that waits is not held up by it (R12)", async () => {
  const asked = await anEpic(1);
  await waits(asked);
  expect(await store.outbox.dueLanes("agent/")).toEqual([]);

  await decide(asked.epicId, () => ({
    effects: [{ kind: "stopLife", agent: "supervisor", reason: "paused" }],
  }));

  expect(await store.outbox.dueLanes("agent/")).toEqual([`agent/${asked.epicId}/supervisor`]);
});

test("a limit of a host is news once, until it was away for a while (O5)", async () => {
  expect(await store.places.atLimit("h", "memory", 60_000)).toBe(true);
  expect(await store.places.atLimit("h", "memory", 60_000)).toBe(false);
  expect(await store.places.atLimit("h", "disk", 60_000)).toBe(true);
  expect(await store.places.atLimit("other", "memory", 60_000)).toBe(true);

  await database.pool.query("update host_limits set held_at = now() - interval '61 seconds'");

  expect(await store.places.atLimit("h", "memory", 60_000)).toBe(true);
});
