// What the lane makes of an effect that is not done, with the real outbox.
import { afterEach, beforeEach, expect, test } from "vitest";
import { GitHubError } from "../../src/adapters/github/github-error.ts";
import { openDatabase } from "../../src/adapters/postgres/database.ts";
import type { EffectResult } from "../../src/domain/effect-fact.ts";
import { defaultRestartRules } from "../../src/domain/restarts.ts";
import { type LaneSettings, performLane } from "../../src/effects/perform-lane.ts";
import type { Store } from "../../src/ports/store.ts";
import { openTestEpic, openTestStore } from "../support/store.ts";

let store: Store;
let epicId: number;
let database: ReturnType<typeof openDatabase>;

beforeEach(async () => {
  const opened = await openTestStore();
  store = opened.store;
  database = openDatabase(opened.databaseUrl);
  epicId = await openTestEpic(store);
});
afterEach(async () => {
  await database.db.destroy();
  await store.close();
});

const settings: LaneSettings = {
  holder: "test",
  leaseMs: 60_000,
  maxAttempts: 3,
  maxNotYet: 4,
  notYetMs: 1_000,
  restarts: defaultRestartRules,
};

async function perform(lane: string, result: () => Promise<EffectResult>): Promise<void> {
  await performLane(lane, { store, settings, onFailure: () => {}, perform: result });
}

async function firstOf(lane: string) {
  const { rows } = await database.pool.query(
    `select state, attempts, looks, (extract(epoch from due_at - now()) * 1000)::float8 as "dueInMs"
       from outbox where lane = $1 order by id limit 1`,
    [lane],
  );
  return rows[0];
}

async function makeDue(): Promise<void> {
  await database.pool.query("update outbox set due_at = now()");
}

const notYet = async (): Promise<EffectResult> => ({ kind: "notYet", reason: "not merged yet" });
const noAnswer = () => Promise.reject(new GitHubError("no answer in time", { retryable: true }));

test("looks at what is not there yet take no try away (Q6, R7)", async () => {
  const lane = `epic/${epicId}`;
  for (let looks = 0; looks < 3; looks += 1) {
    await perform(lane, notYet);
    await makeDue();
  }
  await perform(lane, noAnswer);

  expect(await firstOf(lane)).toMatchObject({ state: "waiting", attempts: 1, looks: 3 });
});

test("what is looked at often enough is given up (Q6)", async () => {
  const lane = `epic/${epicId}`;
  for (let looks = 0; looks < 4; looks += 1) {
    await perform(lane, notYet);
    await makeDue();
  }

  expect(await firstOf(lane)).toMatchObject({ state: "refused" });
});

test("a write whose answer was lost is not repeated before GitHub has had its time (R9)", async () => {
  const lane = `epic/${epicId}`;

  await perform(lane, noAnswer);

  expect((await firstOf(lane)).dueInMs).toBeGreaterThan(4_000);
});

test("a plain answer of GitHub's is tried again soon (R7)", async () => {
  const lane = `epic/${epicId}`;

  await perform(lane, () =>
    Promise.reject(new GitHubError("answered 500", { retryable: true, status: 500 })),
  );

  expect((await firstOf(lane)).dueInMs).toBeLessThan(1_000);
});

test("a host that gives up answers the call that waits for it (Q6)", async () => {
  const agent = "supervisor";
  const lane = `agent/${epicId}/${agent}`;
  const operation = { kind: "readFile", sha: "a", path: "README.md" } as const;
  await perform(lane, async () => ({ kind: "done", facts: [] }));
  await store.epics.change(epicId, { what: "test", actor: null }, () => ({
    decision: { effects: [{ kind: "hostOperation", agent, callId: "c1" }] },
    notes: [
      {
        kind: "toolCall",
        life: { epicId, agent, life: 1, role: "supervisor", task: null },
        callId: "c1",
        tool: "epic_read_file",
        input: {},
        reply: null,
        operation,
      },
    ],
    result: null,
  }));

  await perform(lane, async () => ({ kind: "refused", reason: "the disk is full" }));

  const call = await store.conversations.call(epicId, agent, "c1");
  expect(call?.reply).toEqual({
    isError: true,
    content: {
      error: "host-failed",
      detail: expect.stringMatching(/^the disk is full \(in the log: .+\)\. Go on without it/),
    },
  });
});
