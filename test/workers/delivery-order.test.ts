import { afterEach, beforeEach, expect, test } from "vitest";
import { GitHubError } from "../../src/adapters/github/github-error.ts";
import { type DeliveriesPorts, drainInbox } from "../../workers/deliveries.ts";
import { inTurn } from "../../workers/in-turn.ts";
import { openWaitingInbox, type WaitingInbox } from "./waiting-inbox.ts";

const minuteMs = 60_000;
const weather = new GitHubError("GitHub got no answer", { retryable: true });

let inbox: WaitingInbox;
beforeEach(async () => {
  inbox = await openWaitingInbox();
});
afterEach(() => inbox.close());

function portsOf(receive: DeliveriesPorts["receive"]): DeliveriesPorts {
  return { inbox: inbox.store.inbox, receive, log: inbox.log };
}

test("two processes handle the events of a repository one after another, in their order (S8)", async () => {
  await inbox.put("pause", "resume");
  await inbox.putElsewhere("elsewhere");
  const pause = Promise.withResolvers<void>();
  const begun = Promise.withResolvers<void>();
  const handled: string[] = [];

  const first = drainInbox(
    portsOf(async ({ guid }) => {
      begun.resolve();
      if (guid === "pause") await pause.promise;
      handled.push(guid);
    }),
  );
  await begun.promise;
  await drainInbox(portsOf(async ({ guid }) => void handled.push(guid)));
  pause.resolve();
  await first;

  expect(handled).toEqual(["elsewhere", "pause", "resume"]);
});

test("drains of one process run one after another, a failed one included (S8)", async () => {
  const running: string[] = [];
  let turns = 0;
  const turn = inTurn(async () => {
    const name = `turn ${++turns}`;
    running.push(`${name} begins`);
    await inbox.store.ping();
    running.push(`${name} ends`);
    if (turns === 1) throw new Error("the first one fails");
  });

  const [first, second] = await Promise.allSettled([turn(), turn()]);

  expect([first?.status, second?.status]).toEqual(["rejected", "fulfilled"]);
  expect(running).toEqual(["turn 1 begins", "turn 1 ends", "turn 2 begins", "turn 2 ends"]);
});

test("what waits for GitHub holds up the younger ones of its repository, but not for ever (S8, R7)", async () => {
  await inbox.put("pause", "resume");
  const handled: string[] = [];
  const drain = () =>
    drainInbox(
      portsOf(async ({ guid }) => {
        if (guid === "pause") throw weather;
        handled.push(guid);
      }),
    );

  await drain();
  const inOrder = [...handled];
  await inbox.pass(2 * minuteMs);
  await drain();

  expect(inOrder).toEqual([]);
  expect(handled).toEqual(["resume"]);
  expect((await inbox.row("pause")).state).toBe("waiting");
});

test("what came early holds up nobody, is looked at again, and is given up in the end (H3, R7)", async () => {
  await inbox.put("comment", "label");
  const handled: string[] = [];
  let looks = 0;
  const drain = () =>
    drainInbox(
      portsOf(async ({ guid }) => {
        if (guid !== "comment") return void handled.push(guid);
        looks += 1;
        return "early";
      }),
    );

  await drain();
  expect(handled).toEqual(["label"]);
  for (let tries = 0; tries < 15; tries += 1) {
    await inbox.pass(5 * minuteMs);
    await drain();
  }

  expect(looks).toBe(12);
  expect(await inbox.row("comment")).toMatchObject({ state: "done", attempts: 0 });
  expect(inbox.logged).toContainEqual(
    expect.objectContaining({ msg: "delivery.withoutEpic", delivery: "comment" }),
  );
});

test("what came early waits as long as another of its repository waits for GitHub (H3, R7)", async () => {
  await inbox.put("comment", "label");
  let weatherLasts = true;
  const drain = () =>
    drainInbox(
      portsOf(async ({ guid }) => {
        if (guid === "comment") return "early";
        if (weatherLasts) throw weather;
        return undefined;
      }),
    );

  for (let tries = 0; tries < 30; tries += 1) {
    await drain();
    await inbox.pass(5 * minuteMs);
  }
  expect((await inbox.row("comment")).state).toBe("waiting");

  weatherLasts = false;
  for (let tries = 0; tries < 15; tries += 1) {
    await drain();
    await inbox.pass(5 * minuteMs);
  }
  expect((await inbox.row("comment")).state).toBe("done");
});

test("two claims at the same moment never take two events of one repository (S8)", async () => {
  await inbox.put("g1", "g2", "g3");

  const claimed = await Promise.all([1, 2, 3].map(() => inbox.store.inbox.claim(minuteMs)));

  expect(claimed.flatMap((delivery) => delivery?.guid ?? [])).toEqual(["g1"]);
});
