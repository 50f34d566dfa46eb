import { afterEach, beforeEach, expect, test } from "vitest";
import { GitHubError } from "../../src/adapters/github/github-error.ts";
import { type DeliveriesPorts, drainInbox } from "../../workers/deliveries.ts";
import { openWaitingInbox, type WaitingInbox } from "./waiting-inbox.ts";

const minuteMs = 60_000;
const dayMs = 24 * 60 * minuteMs;

let inbox: WaitingInbox;
beforeEach(async () => {
  inbox = await openWaitingInbox();
});
afterEach(() => inbox.close());

async function drain(receive: DeliveriesPorts["receive"]): Promise<void> {
  await drainInbox({ inbox: inbox.store.inbox, receive, log: inbox.log });
}

/** As Probot throws what a handler threw. */
function throwing(error: Error): () => Promise<never> {
  return () => Promise.reject(new AggregateError([error], error.message));
}

const weather = new GitHubError("GitHub got no answer", { retryable: true });

test("an hour of GitHub's weather sets nothing aside, and then the delivery is done (R7)", async () => {
  await inbox.put("g1");

  for (let minutes = 0; minutes < 60; minutes += 5) {
    await drain(throwing(weather));
    const { state, attempts, dueInMs } = await inbox.row("g1");
    expect({ state, attempts }).toEqual({ state: "waiting", attempts: 0 });
    expect(dueInMs).toBeLessThanOrEqual(5 * minuteMs);
    await inbox.pass(5 * minuteMs);
  }
  await drain(async () => undefined);

  expect((await inbox.row("g1")).state).toBe("done");
});

test("a delivery waits as long as GitHub asks (R7)", async () => {
  await inbox.put("g1");
  const retryAtMs = Date.now() + 30 * minuteMs;

  await drain(throwing(new GitHubError("limit", { retryable: true, retryAtMs })));

  expect((await inbox.row("g1")).dueInMs).toBeGreaterThan(29 * minuteMs);
});

test("weather that lasts a day sets a delivery aside, and the log says which (R7)", async () => {
  await inbox.put("g1");
  await drain(throwing(weather));
  await inbox.pass(dayMs);

  await drain(throwing(weather));

  expect(await inbox.row("g1")).toMatchObject({ state: "set_aside", error: weather.message });
  expect(inbox.logged).toContainEqual(
    expect.objectContaining({ msg: "delivery.setAside", delivery: "g1" }),
  );
});

test("a delivery that nobody can handle is set aside after five failures, and the next is done", async () => {
  await inbox.put("bad", "good");
  const receive: DeliveriesPorts["receive"] = async ({ guid }) => {
    if (guid === "bad") throw new Error("the payload has no issue");
  };

  for (let tries = 0; tries < 5; tries += 1) {
    await drain(receive);
    await inbox.pass(minuteMs);
  }
  await drain(receive);

  expect(await inbox.row("bad")).toMatchObject({ state: "set_aside", attempts: 5 });
  expect((await inbox.row("good")).state).toBe("done");
  expect(inbox.logged).toContainEqual(
    expect.objectContaining({ msg: "delivery.setAside", delivery: "bad" }),
  );
});

test("a delivery whose workers were killed ten times is done by the eleventh (R9)", async () => {
  await inbox.put("g1");
  await cutOff(10);

  await drain(async () => undefined);

  expect((await inbox.row("g1")).state).toBe("done");
});

test("a delivery that kills whoever takes it is set aside in the end (R9)", async () => {
  await inbox.put("g1");
  await cutOff(20);

  await drain(throwing(new Error("never asked")));

  expect(await inbox.row("g1")).toMatchObject({
    state: "set_aside",
    error: "20 claims were cut off",
  });
});

/** Workers take the delivery and are never heard of again. */
async function cutOff(times: number): Promise<void> {
  for (let killed = 0; killed < times; killed += 1) {
    expect(await inbox.store.inbox.claim(minuteMs)).not.toBeNull();
    await inbox.pass(minuteMs);
  }
}
