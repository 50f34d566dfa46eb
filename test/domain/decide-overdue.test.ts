import { expect, test } from "vitest";
import { tellOverdue } from "../../src/domain/decide-overdue.ts";
import { anEpic, aTask, viewOf } from "../support/epic-view.ts";

const hourMs = 3_600_000;
const limitMs = 4 * hourMs;
const view = viewOf([aTask(1, { state: "IN_PROGRESS" }, { attempts: 2 })]);

test("a task that takes longer than its limit is its supervisor's to decide, once per limit (R1)", () => {
  const first = tellOverdue(view, { task: 1, workedMs: 4.5 * hourMs }, limitMs);
  const knows = { ...view, notices: first.notices ?? [] };

  expect(first.mail).toMatchObject([
    {
      to: "supervisor",
      subject: "Task 1 takes long",
      body: expect.stringMatching(/for 270 minutes; its limit is 240\. .*IN_PROGRESS, attempt 2/),
    },
  ]);
  expect(first.effects ?? []).toEqual([]);
  expect(tellOverdue(knows, { task: 1, workedMs: 7 * hourMs }, limitMs)).toEqual({});
  expect(tellOverdue(knows, { task: 1, workedMs: 8 * hourMs }, limitMs).mail).toHaveLength(1);
});

test("a paused epic's tasks take no time that anyone has to decide on (R1)", () => {
  const epic = anEpic({ state: "PAUSED", from: "IN_PROGRESS", reason: "lunch" });

  expect(tellOverdue({ ...view, epic }, { task: 1, workedMs: 9 * hourMs }, limitMs)).toEqual({});
});
