import { expect, test } from "vitest";
import { type EpicLoad, holdEpic, placeEpics } from "../../src/domain/queue-epics.ts";
import { anEpic, effectsOf, viewOf } from "../support/epic-view.ts";

const limits = { maxEpics: 5, maxInReview: 10, sharePercent: 100 };
const inLine = (...installations: readonly number[]) =>
  installations.map((installationId, index) => ({ epicId: index + 1, installationId }));
const load = (installationId: number, atWork: number, inReview = 0): EpicLoad => ({
  installationId,
  atWork,
  inReview,
});

function startedOf(places: ReturnType<typeof placeEpics>): readonly number[] {
  return places.filter(({ kind }) => kind === "starts").map(({ epicId }) => epicId);
}

test("as many epics start as may be at work, in their order, and the others know their place (G6)", () => {
  const places = placeEpics(inLine(1, 1, 1, 1), [load(1, 3)], limits);

  expect(startedOf(places)).toEqual([1, 2]);
  expect(places.slice(2)).toMatchObject([
    { epicId: 3, kind: "waits", why: "epics", limit: 5, place: 1, of: 2 },
    { epicId: 4, kind: "waits", why: "epics", place: 2, of: 2 },
  ]);
});

test("epics that wait for review count to a limit of their own alone (G6, H9c)", () => {
  expect(startedOf(placeEpics(inLine(1), [load(1, 4, 9)], limits))).toEqual([1]);
  expect(placeEpics(inLine(1), [load(1, 0, 10)], limits)).toMatchObject([
    { kind: "waits", why: "review", limit: 10, place: 1, of: 1 },
  ]);
});

test("an installation has its share, and one that is over it holds up nobody else (G6)", () => {
  const half = { ...limits, maxEpics: 4, sharePercent: 50 };
  const places = placeEpics(inLine(1, 1, 2), [load(1, 1)], half);

  expect(startedOf(places)).toEqual([1, 3]);
  expect(places.at(-1)).toMatchObject({ epicId: 2, why: "epics", limit: 2, place: 1, of: 1 });
  const tiny = { ...limits, maxEpics: 4, sharePercent: 1 };
  expect(startedOf(placeEpics(inLine(1), [], tiny))).toEqual([1]);
});

test("people hear once that their epic waits, and where (G6)", () => {
  const who = { epicId: 1, installationId: 1 };
  const place = { ...who, kind: "waits", why: "epics", limit: 5, place: 2, of: 3 } as const;
  const view = viewOf([], { epic: anEpic({ state: "QUEUED" }), agents: [] });
  const told = holdEpic(view, place);

  expect(effectsOf(told)).toEqual(["say", "setStateLabel"]);
  expect(told.effects?.[0]).toMatchObject({
    message: { kind: "epicQueued", place: 2, of: 3, limit: 5 },
  });
  expect(holdEpic({ ...view, notices: told.notices ?? [] }, place)).toEqual({});
  expect(holdEpic({ ...view, epic: anEpic({ state: "IN_PROGRESS" }) }, place)).toEqual({});
});
