import { expect, test } from "vitest";
import { openTestEpic, openTestStore } from "../../support/store.ts";

test("mail that is settled is unread no more, and no other is touched (H3)", async () => {
  const { store } = await openTestStore();
  const epicId = await openTestEpic(store);
  const cause = { what: "test", actor: null };
  const unread = async () => (await store.epics.view(epicId)).unreadMail;
  for (const subject of ["First", "Second"])
    await store.epics.change(epicId, cause, () => ({
      decision: { mail: [{ to: "worker/1", from: { kind: "product" }, subject, body: "" }] },
      result: null,
    }));

  await store.epics.change(epicId, cause, (view) => ({
    decision: { mailSettled: view.unreadMail.slice(0, 1).map(({ id }) => id) },
    result: null,
  }));

  expect((await unread()).map(({ subject }) => subject)).toEqual(["Second"]);
  await store.close();
});
