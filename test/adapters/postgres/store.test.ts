import { afterEach, beforeEach, expect, test } from "vitest";
import { applyFacts } from "../../../src/domain/apply-facts.ts";
import { createTask, planDone } from "../../../src/domain/decide-plan.ts";
import type { EffectFact } from "../../../src/domain/effect-fact.ts";
import type { Decision, EpicView } from "../../../src/domain/epic-view.ts";
import type { Refusal } from "../../../src/domain/refusal.ts";
import type { Store } from "../../../src/ports/store.ts";
import { openTestEpic, openTestStore } from "../../support/store.ts";

let store: Store;
let epicId: number;

beforeEach(async () => {
  ({ store } = await openTestStore());
  epicId = await openTestEpic(store);
});
afterEach(() => store.close());

const cause = { what: "test", actor: null };

async function decide(decision: (view: EpicView) => Decision | Refusal): Promise<void> {
  await store.epics.change(epicId, cause, (view) => {
    const decided = decision(view);
    if ("refused" in decided) throw new Error(decided.detail);
    return { decision: decided, result: null };
  });
}

async function learn(...facts: readonly EffectFact[]): Promise<void> {
  await decide((view) => applyFacts(view, facts));
}

const request = (title: string, dependsOn: readonly number[] = []) => ({
  title,
  description: `${title} in full`,
  acceptance: ["it works"],
  dependsOn,
  insist: null,
});

async function plan(): Promise<void> {
  await decide((view) => createTask(view, request("Prices")));
  await decide((view) => createTask(view, request("Stock")));
  await decide((view) => createTask(view, request("Checkout", [1])));
  await decide((view) => planDone(view, ""));
  await learn({ kind: "epicBranchMade", baseSha: "a", tipSha: "a" });
}

async function drain(lane: string): Promise<readonly string[]> {
  const epoch = (await store.outbox.claimLane(lane, "test", 10_000)) ?? -1;
  const kinds: string[] = [];
  for (
    let next = await store.outbox.next(lane, epoch);
    next !== null;
    next = await store.outbox.next(lane, epoch)
  ) {
    const done = { kind: "effectDone", id: next.id, epoch } as const;
    kinds.push(next.effect.kind);
    await store.epics.change(epicId, cause, () => ({ decision: {}, notes: [done], result: null }));
  }
  await store.outbox.releaseLane(lane, epoch);
  return kinds;
}

test("an epic that begins asks for its branch and its supervisor, each in its lane (L8, A12)", async () => {
  expect(await store.outbox.dueLanes("agent/")).toEqual([`agent/${epicId}/supervisor`]);
  expect(await drain(`agent/${epicId}/supervisor`)).toEqual(["startLife"]);
  expect(await drain(`epic/${epicId}`)).toEqual(["createEpicBranch", "setStateLabel", "say"]);
  expect(await store.outbox.dueLanes("epic/")).toEqual([]);
});

test("tasks start when their issue, their epic's branch and their dependencies are there (L4)", async () => {
  await plan();
  await learn({ kind: "taskIssueMade", task: 1, issueNumber: 13, issueId: 113 });
  await learn({ kind: "taskIssueMade", task: 3, issueNumber: 15, issueId: 115 });

  const { tasks, agents } = await store.epics.view(epicId);

  expect(tasks.map((task) => task.state)).toEqual(["IN_PROGRESS", "PENDING", "PENDING"]);
  expect(tasks[0]?.branch).toBe("ff/task-13-prices");
  expect(tasks[2]?.dependsOn).toEqual([1]);
  expect(agents.map((agent) => agent.key)).toEqual(["supervisor", "worker/1"]);
});

test("two senders never hold one lane, and a late one finishes nothing (R9)", async () => {
  const lane = `epic/${epicId}`;
  const first = (await store.outbox.claimLane(lane, "one", 1)) ?? -1;
  expect(await store.outbox.claimLane(`agent/${epicId}/supervisor`, "two", 10_000)).toBe(1);
  const effect = await store.outbox.next(lane, first).catch(() => null);
  const second = (await store.outbox.claimLane(lane, "two", 10_000)) ?? -1;
  const again = await store.outbox.next(lane, second);

  expect(second).toBe(first + 1);
  expect(again?.attempts).toBe(effect === null ? 1 : 2);
  await expect(
    store.epics.change(epicId, cause, () => ({
      decision: {},
      notes: [{ kind: "effectDone", id: again?.id ?? 0, epoch: first }],
      result: null,
    })),
  ).rejects.toThrow(/stale/);
});

test("a lane is held on to by renewing it, and not by one who lost it (R9)", async () => {
  const lane = `epic/${epicId}`;
  const first = (await store.outbox.claimLane(lane, "one", 1)) ?? -1;

  expect(await store.outbox.renewLane(lane, first, 60_000)).toBe(true);
  expect(await store.outbox.claimLane(lane, "two", 10_000)).toBeNull();
  await store.outbox.releaseLane(lane, first);
  expect(await store.outbox.renewLane(lane, first, 60_000)).toBe(false);
  const second = (await store.outbox.claimLane(lane, "two", 10_000)) ?? -1;
  expect(await store.outbox.renewLane(lane, first, 60_000)).toBe(false);
  expect(await store.outbox.next(lane, second)).not.toBeNull();
});

test("a known delivery is stored once and claimed once (S8)", async () => {
  const delivery = { guid: "g1", event: "issues", action: "labeled", payload: { a: 1 } };

  expect(await store.inbox.store(delivery)).toBe("stored");
  expect(await store.inbox.store(delivery)).toBe("known");
  expect(await store.inbox.claim(10_000)).toMatchObject({ guid: "g1", attempts: 0, claims: 1 });
  expect(await store.inbox.claim(10_000)).toBeNull();
});

test("a new life's token takes the place of the old one's (A3)", async () => {
  const life = {
    epicId,
    agent: "supervisor",
    role: "supervisor",
    host: "h",
    namePrefix: "1-supervisor-12",
  } as const;

  const first = await store.lives.begin({ ...life, tokenHash: "t1" });
  const second = await store.lives.begin({ ...life, tokenHash: "t2" });

  expect([first.name, second.name]).toEqual(["1-supervisor-12-1", "1-supervisor-12-2"]);
  expect(await store.lives.identify("t1")).toBeNull();
  expect(await store.lives.identify("t2")).toMatchObject({ agent: "supervisor", life: 2 });
});

test("a lease has one holder, and its epoch grows with every new one (Q2a)", async () => {
  const first = await store.leases.take("landing/1", "one", 60_000);

  expect(first).toBe(1);
  expect(await store.leases.take("landing/1", "two", 60_000)).toBeNull();
  await store.leases.release("landing/1", 1);
  expect(await store.leases.take("landing/1", "two", 60_000)).toBe(2);
  expect(await store.leases.renew("landing/1", 1, 60_000)).toBe(false);
});

test("mail wakes whoever waits for it (A8)", async () => {
  const waiting = store.conversations.awaitMail(epicId, "supervisor", 20_000);
  await decide(() => ({
    mail: [{ to: "supervisor", from: { kind: "product" }, subject: "s", body: "b" }],
  }));

  expect(await waiting).toBe(true);
});

test("the status text is wanted anew by every change and sent once (H1)", async () => {
  const [due] = await store.livingTexts.claimDue(60_000);
  expect(due).toMatchObject({ epicId, commentId: null, triedSince: null });
  await plan();
  await store.livingTexts.sent(epicId, {
    version: due?.wantedVersion ?? 0,
    commentId: 5,
    notBeforeMs: 0,
  });

  const [again] = await store.livingTexts.claimDue(60_000);

  expect(again).toMatchObject({ commentId: 5, triedSince: null });
});
