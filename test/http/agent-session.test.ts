import { expect, test } from "vitest";
import { defaultPerLifeLimits } from "../../src/http/per-life.ts";
import { post } from "./support/post.ts";
import { startWeb } from "./support/web.ts";

const note = (place: number, afterSeq: number, text: string) => ({
  ...{ place, afterSeq, note: { type: "attachment", text } },
});

test("what a harness keeps beside the turns comes back to the next life in order, once each (A8)", async () => {
  const web = await startWeb();
  const first = await web.beginLife("supervisor");
  await web.request(first, "/agent/start");
  const statuses: number[] = [];
  for (const one of [note(0, 0, "where"), note(1, 2, "when"), note(0, 0, "again")])
    statuses.push((await post(web, first, "/agent/session", one)).status);
  const next = await web.beginLife("supervisor");
  await post(web, next, "/agent/session", note(0, 1, "between"));

  const start = await (await web.request(next, "/agent/start")).json();
  const late = await post(web, first, "/agent/session", note(9, 9, "late"));

  expect(statuses).toEqual([204, 204, 204]);
  expect(late.status).toBe(401);
  expect(start).toMatchObject({
    sessionNotes: [
      { afterSeq: 0, note: { type: "attachment", text: "where" } },
      { afterSeq: 1, note: { type: "attachment", text: "between" } },
      { afterSeq: 2, note: { type: "attachment", text: "when" } },
    ],
  });
});

test("notes have a size and a number, beyond which none is kept (S13)", async () => {
  const perLife = { ...defaultPerLifeLimits, sessionNotes: 1, sessionNoteBytes: 100 };
  const web = await startWeb((options) => ({ ...options, perLife }));
  const life = await web.beginLife("supervisor");
  await web.request(life, "/agent/start");

  const large = await post(web, life, "/agent/session", note(0, 0, "x".repeat(200)));
  await post(web, life, "/agent/session", note(0, 0, "one"));
  await post(web, life, "/agent/session", note(1, 0, "two"));

  expect(large.status).toBe(413);
  expect(await large.text()).toContain("at most 100");
  const kept = await web.store.conversations.sessionNotes(web.epicId, "supervisor");
  expect(kept).toMatchObject([{ note: { text: "one" } }]);
});
