import { afterEach, beforeEach, expect, test } from "vitest";
import type { Note } from "../../../src/ports/epics.ts";
import type { Store } from "../../../src/ports/store.ts";
import { openTestEpic, openTestStore } from "../../support/store.ts";

let store: Store;
let epicId: number;

beforeEach(async () => {
  ({ store } = await openTestStore());
  epicId = await openTestEpic(store);
});
afterEach(() => store.close());

/** What a person said, stored as mail with the note that belongs to it. */
async function say(note: Note): Promise<void> {
  await store.epics.change(epicId, { what: "test", actor: "ana" }, () => ({
    decision: {
      mail: [{ to: "supervisor", from: { kind: "product" }, subject: "s", body: "b" }],
    },
    notes: [note],
    result: null,
  }));
}

async function mailCount(): Promise<number> {
  return (await store.epics.view(epicId)).unreadMail.length;
}

test("a delivery whose transaction is repeated leaves its mail once (S8, R9)", async () => {
  await store.inbox.store({ guid: "g1", event: "issue_comment", action: "created", payload: {} });
  const note = { kind: "deliveryDone", guid: "g1" } as const;

  await say(note);
  const again = say(note);

  await expect(again).rejects.toMatchObject({ port: "postgres", retryable: false });
  expect(await mailCount()).toBe(1);
});

test("a command whose transaction is repeated runs once (S8, R9)", async () => {
  const note = {
    kind: "commandDone",
    commentId: 500,
    index: 0,
    text: "/ff pause",
    outcome: "run",
  } as const;

  await say(note);
  const again = say(note);

  await expect(again).rejects.toMatchObject({ port: "postgres", retryable: false });
  expect(await mailCount()).toBe(1);
});
