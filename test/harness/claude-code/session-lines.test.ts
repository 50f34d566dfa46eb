import { appendFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { expect, test } from "vitest";
import { createNoteKeeper } from "../../../src/harness/claude-code/note-keeper.ts";
import { handOver, sessionLines } from "../../../src/harness/claude-code/session-lines.ts";
import type { SessionNote } from "../../../src/harness/factory-api.ts";
import { createPane } from "../../../src/harness/pane.ts";
import { DEFAULT_PATIENCE } from "../../../src/harness/weather.ts";
import { temporaryFolder } from "../../support/temporary-folder.ts";
import { answers, asks, callOf, results } from "../turns.ts";

const first = { role: "user" as const, content: "Do it." };
const mail = { role: "user" as const, content: "[mail 1] more" };
const asked = asks(callOf("Bash", { command: "ls" }));
const facts = { sessionId: "s", cwd: "/work/tree", version: "2.1.330", model: "model-1" };

test("the newest message of the user's is told, everything before it is in the file (A2, A8)", () => {
  const transcript = { first, compaction: null, recent: [answers("Done."), mail] };

  const { session, prompt } = handOver(transcript);

  expect(session).toEqual([first, answers("Done.")]);
  expect(prompt).toBe("[mail 1] more");
});

test("results of tools stay in the file: what they answer stands there (A8)", () => {
  const { session, prompt } = handOver({
    ...{ first, compaction: null },
    recent: [asked, results(asked)],
  });

  expect(session).toEqual([first, asked, results(asked)]);
  expect(prompt).toBeNull();
});

test("the file has one line per turn, each behind the one before, with the notes at their places (A2)", () => {
  const notes: readonly SessionNote[] = [
    { afterSeq: 0, note: { type: "attachment", rendered: "where you are" } },
    { afterSeq: 7, note: { type: "attachment", rendered: "of a turn that is not there" } },
  ];
  const handover = handOver({ first, compaction: null, recent: [asked, results(asked)] });

  const lines = sessionLines(handover, notes, facts)
    .trim()
    .split("\n")
    .map((line) => JSON.parse(line));

  expect(lines.map(({ type }) => type)).toEqual(["user", "attachment", "assistant", "user"]);
  expect(lines.map(({ parentUuid }) => parentUuid)).toEqual([
    null,
    ...lines.slice(0, -1).map(({ uuid }) => uuid),
  ]);
  expect(new Set(lines.map(({ sessionId }) => sessionId))).toEqual(new Set(["s"]));
  expect(lines[2].message).toMatchObject({ content: asked.content, model: "model-1" });
});

test("after a compaction the notes of turns that were left out are left out too (A2)", () => {
  const compaction = { fromSeq: 5, summary: "Much was done." };
  const { seqOf, session } = handOver({ first, compaction, recent: [answers("a"), mail] });

  expect(session.map((_turn, index) => seqOf(index))).toEqual([0, 5]);
});

type Kept = SessionNote & { readonly place: number };

function keeperFor(file: string, recent: Parameters<typeof handOver>[0]["recent"], bytes: number) {
  const kept: Kept[] = [];
  const api = { keepNote: async (note: Kept) => void kept.push(note) };
  const around = { api, pane: createPane(() => {}), patience: DEFAULT_PATIENCE };
  const begun = { ...handOver({ first, compaction: null, recent }), bytes };
  // The cast: only notes are kept here.
  return { kept, ...createNoteKeeper(file, begun, around as never) };
}

const line = (value: object) => `${JSON.stringify(value)}\n`;
const note = (rendered: string) => ({ type: "attachment", rendered, uuid: "u", parentUuid: "p" });

test("notes are kept as the file grows, each with the turn it stands behind, once (A2, A8)", async () => {
  const file = join(temporaryFolder(), "session.jsonl");
  const { keep, kept } = keeperFor(file, [], 0);

  await keep();
  writeFileSync(file, line({ type: "user" }) + line(note("where")) + line({ type: "cost-state" }));
  await keep();
  appendFileSync(file, line({ type: "assistant" }) + line({ type: "assistant" }));
  appendFileSync(file, line({ type: "user" }) + line({ type: "user" }) + line(note("when")));
  appendFileSync(file, '{"type":"attachment","ren');
  await Promise.all([keep(), keep()]);

  expect(kept).toEqual([
    { afterSeq: 0, place: 0, note: { type: "attachment", rendered: "where" } },
    { afterSeq: 2, place: 1, note: { type: "attachment", rendered: "when" } },
  ]);
});

test("what was written back at the start is not kept again (A8)", async () => {
  const file = join(temporaryFolder(), "session.jsonl");
  const ours = line({ type: "user" }) + line(note("old")) + line({ type: "assistant" });
  writeFileSync(file, ours);
  const { keep, kept } = keeperFor(file, [answers("Done."), mail], Buffer.byteLength(ours));

  appendFileSync(file, line({ type: "user" }) + line(note("new")));
  await keep();

  expect(kept).toEqual([{ afterSeq: 2, place: 0, note: { type: "attachment", rendered: "new" } }]);
});
