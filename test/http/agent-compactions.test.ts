import { expect, test } from "vitest";
import { post } from "./support/post.ts";
import { type Life, startWeb, type Web } from "./support/web.ts";

const said = (seq: number) => ({
  seq,
  role: seq % 2 === 0 ? "user" : "assistant",
  content: [{ type: "text", text: `Turn ${seq}.` }],
});

async function withTurns(web: Web, count: number): Promise<Life> {
  const life = await web.beginLife("supervisor");
  await web.request(life, "/agent/start");
  for (let seq = 1; seq < count; seq += 1) await post(web, life, "/agent/turns", said(seq));
  return life;
}

const compaction = (fromSeq: number, summary = "It was planned.") => ({
  ...{ fromSeq, summary, tokensBefore: 150_000, tokensAfter: 30_000 },
});

async function startOf(web: Web, life: Life) {
  return await (await web.request(life, "/agent/start")).json();
}

test("a new life goes on from the newest summary; every turn stays stored (A8)", async () => {
  const web = await startWeb();
  const life = await withTurns(web, 8);

  const stored = [
    await post(web, life, "/agent/compactions", compaction(3, "First.")),
    await post(web, life, "/agent/compactions", compaction(7, "Second.")),
    await post(web, life, "/agent/compactions", compaction(7, "Another.")),
  ];
  const next = await web.beginLife("supervisor");

  expect(stored.map(({ status }) => status)).toEqual([204, 204, 204]);
  expect(await startOf(web, next)).toMatchObject({
    messages: [{ content: "Lead epic 12." }, { content: [{ text: "Turn 7." }] }],
    nextSeq: 8,
    compaction: { fromSeq: 7, summary: "Second." },
  });
  expect(await web.store.conversations.turns(web.epicId, "supervisor")).toHaveLength(8);
});

test("mail that comes after a compaction has the number that follows all turns (A8)", async () => {
  const web = await startWeb();
  const life = await withTurns(web, 4);
  await post(web, life, "/agent/compactions", compaction(3));
  await web.decide(() => ({
    mail: [{ to: "supervisor", from: { kind: "product" }, subject: "News", body: "Look." }],
  }));

  const answer = await (await post(web, life, "/agent/wait", { idleMs: 0 })).json();
  const next = await web.beginLife("supervisor");

  expect(answer).toMatchObject({ kind: "mail", seq: 4 });
  expect(await startOf(web, next)).toMatchObject({ nextSeq: 5, compaction: { fromSeq: 3 } });
});

test("only the newest life compacts, and only turns that there are (A3, A8)", async () => {
  const web = await startWeb();
  const before = await withTurns(web, 4);

  const tooFar = await post(web, before, "/agent/compactions", compaction(5));
  const senseless = await post(web, before, "/agent/compactions", compaction(1));
  const life = await web.beginLife("supervisor");
  const late = await post(web, before, "/agent/compactions", compaction(3));

  expect([tooFar.status, senseless.status, late.status]).toEqual([400, 400, 401]);
  expect(await tooFar.json()).toMatchObject({ error: "noSuchTurn" });
  expect(await startOf(web, life)).toMatchObject({ compaction: null, nextSeq: 4 });
});
