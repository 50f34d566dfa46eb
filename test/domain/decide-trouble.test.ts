import { expect, test } from "vitest";
import { tellTrouble } from "../../src/domain/decide-trouble.ts";
import { applied } from "../../src/domain/decision.ts";
import { anEpic, viewOf } from "../support/epic-view.ts";

const began = { id: 4, beganAt: "2026-11-23T01:00:00.000Z", endedAt: null, reason: "529" };
const ended = { ...began, endedAt: "2026-11-23T01:20:00.000Z" };

test("people are told once that a trouble began and once that it is over, from when to when (G3)", () => {
  const first = tellTrouble(viewOf([]), began);
  const knowing = applied(viewOf([]), first);
  const last = tellTrouble(knowing, ended);

  expect(first.effects).toMatchObject([{ message: { kind: "modelTroubleBegan" } }]);
  expect(tellTrouble(knowing, began)).toEqual({});
  expect(last.effects).toMatchObject([
    { message: { kind: "modelTroubleEnded", since: began.beganAt, until: ended.endedAt } },
  ]);
  expect(tellTrouble(applied(knowing, last), ended)).toEqual({});
});

test("who never heard of a trouble does not hear of its end, and an ended epic of neither (G3)", () => {
  const over = viewOf([], { epic: anEpic({ state: "FAILED", reason: "" }) });

  expect(tellTrouble(viewOf([]), ended)).toEqual({});
  expect(tellTrouble(over, began)).toEqual({});
});
