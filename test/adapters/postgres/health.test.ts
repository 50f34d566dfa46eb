import { afterEach, beforeEach, expect, test } from "vitest";
import { openDatabase } from "../../../src/adapters/postgres/database.ts";
import type { LifeIdentity } from "../../../src/domain/agent.ts";
import { agentWaits, lifeStarted } from "../../../src/domain/decide-agent.ts";
import type { Decision, EpicView } from "../../../src/domain/epic-view.ts";
import type { HealthLimits } from "../../../src/ports/health.ts";
import type { Store } from "../../../src/ports/store.ts";
import { openTestEpic, openTestStore } from "../../support/store.ts";

// What counts as progress of a life, by the database's clock: time passes by setting it back.

let store: Store;
let database: ReturnType<typeof openDatabase>;
let epicId: number;
let life: LifeIdentity;

const limits: HealthLimits = {
  mailMs: 120_000,
  restartMs: 120_000,
  toolBusyMs: 300_000,
  gapMs: 15_000,
};

beforeEach(async () => {
  const opened = await openTestStore();
  store = opened.store;
  database = openDatabase(opened.databaseUrl);
  epicId = await openTestEpic(store);
  const { life: number } = await store.lives.begin({
    epicId,
    agent: "supervisor",
    role: "supervisor",
    host: "h",
    namePrefix: "r1-supervisor-12",
    tokenHash: "hash",
  });
  life = { epicId, agent: "supervisor", role: "supervisor", task: null, life: number };
  await decide((view) => lifeStarted(view, "supervisor", number));
  await store.health.reached("h", limits.gapMs);
});
afterEach(async () => {
  await database.db.destroy();
  await store.close();
});

async function decide(decision: (view: EpicView) => Decision): Promise<void> {
  await store.epics.change(epicId, { what: "test", actor: null }, (view) => ({
    decision: decision(view),
    result: null,
  }));
}

async function pass(seconds: number): Promise<void> {
  const ago = `make_interval(secs => ${seconds})`;
  await database.pool.query(
    `update lives set started_at = started_at - ${ago}, seen_at = seen_at - ${ago},
       progress_at = progress_at - ${ago}, busy_until = busy_until - ${ago}, asked_at = asked_at - ${ago}`,
  );
  await database.pool.query(`update tool_calls set started_at = started_at - ${ago}`);
  await database.pool.query(`update web_heartbeats set up_since = up_since - ${ago}`);
}

/** Time in which this host does not reach the product. */
async function passUnreached(seconds: number): Promise<void> {
  await pass(seconds);
  await database.pool.query(
    `update web_heartbeats set seen_at = seen_at - make_interval(secs => ${seconds})`,
  );
}

async function silence(): Promise<"sound" | "silent" | "spent"> {
  const [one] = await store.health.silent("h", limits);
  if (!one) return "sound";
  return one.isSpent ? "spent" : "silent";
}

async function asked(): Promise<void> {
  await store.epics.change(epicId, { what: "test", actor: null }, () => ({
    decision: {},
    notes: [{ kind: "healthAsked", agent: "supervisor", life: life.life, seconds: 120 }],
    result: null,
  }));
}

async function call(callId: string): Promise<void> {
  await store.epics.change(epicId, { what: "test", actor: null }, () => ({
    decision: {},
    notes: [
      { kind: "toolCall", life, callId, tool: "bash", input: {}, reply: null, operation: null },
    ],
    result: null,
  }));
}

async function reply(callId: string): Promise<void> {
  await store.epics.change(epicId, { what: "test", actor: null }, () => ({
    decision: {},
    notes: [
      {
        kind: "toolReply",
        agent: "supervisor",
        callId,
        reply: { isError: false, content: {} },
      },
    ],
    result: null,
  }));
}

test("a life without progress is silent, and spent only after it was asked (R1)", async () => {
  await pass(119);
  expect(await silence()).toBe("sound");
  await pass(2);
  expect(await silence()).toBe("silent");

  await asked();
  expect(await silence()).toBe("sound");
  await pass(119);
  expect(await silence()).toBe("sound");
  await pass(2);
  expect(await silence()).toBe("spent");
});

test("progress after the question makes a life sound, and silence begins anew (R1)", async () => {
  await pass(121);
  await asked();
  await pass(100);
  await store.conversations.append(life, 0, { role: "assistant", content: "Here." });
  await pass(60);
  expect(await silence()).toBe("sound");
  await pass(61);
  expect(await silence()).toBe("silent");
});

test("an open tool call is progress until its own limit, and its end is progress (R1)", async () => {
  await call("c1");
  await pass(300);
  expect(await silence()).toBe("sound");
  await pass(121);
  expect(await silence()).toBe("silent");

  await reply("c1");
  await pass(119);
  expect(await silence()).toBe("sound");
});

test("an open model request is progress until its own limit, and its end is progress (R1)", async () => {
  await store.lives.identify("hash", 600_000);
  await pass(715);
  expect(await silence()).toBe("sound");
  await pass(10);
  expect(await silence()).toBe("silent");

  await store.lives.identify("hash", 600_000);
  await pass(300);
  await store.health.modelEnded(life, true);
  await pass(119);
  expect(await silence()).toBe("sound");
  await pass(2);
  expect(await silence()).toBe("silent");
});

test("asking for mail is a sign of life of one that waits, and of no other (R1)", async () => {
  await pass(121);
  await store.lives.identify("hash");
  expect(await silence()).toBe("silent");

  await decide((view) => agentWaits(view, "supervisor", true));
  expect(await silence()).toBe("sound");
  await pass(121);
  expect(await silence()).toBe("silent");
});

test("no silence counts that is older than the host's way to the product (R1, R6)", async () => {
  await pass(119);
  await passUnreached(1_000);
  expect(await silence()).toBe("sound");

  await store.health.reached("h", limits.gapMs);
  expect(await silence()).toBe("sound");
  await pass(119);
  expect(await silence()).toBe("sound");
  await pass(2);
  expect(await silence()).toBe("silent");
});

test("a question whose time to answer was cut by an outage is asked again (R1, R6)", async () => {
  await pass(121);
  await asked();
  await pass(60);
  await passUnreached(1_000);
  await store.health.reached("h", limits.gapMs);

  await pass(119);
  expect(await silence()).toBe("sound");
  await pass(2);
  expect(await silence()).toBe("silent");
  await asked();
  await pass(121);
  expect(await silence()).toBe("spent");
});

test("a moment without the product, shorter than a gap, changes nothing (R1)", async () => {
  await pass(100);
  await passUnreached(10);
  await store.health.reached("h", limits.gapMs);
  await pass(11);
  expect(await silence()).toBe("silent");
});

test("lives of other hosts and of agents that were stopped are nobody's to ask (R1)", async () => {
  await pass(1_000);
  expect(await store.health.silent("elsewhere", limits)).toEqual([]);

  await database.pool.query("update agents set state = 'PAUSED'");
  expect(await silence()).toBe("sound");
});
