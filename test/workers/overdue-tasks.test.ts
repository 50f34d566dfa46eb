import { expect, test } from "vitest";
import { openDatabase } from "../../src/adapters/postgres/database.ts";
import { createTask } from "../../src/domain/decide-plan.ts";
import type { Decision, EpicView } from "../../src/domain/epic-view.ts";
import { isRefusal } from "../../src/domain/refusal.ts";
import { tellOverdueTasks } from "../../workers/overdue-tasks.ts";
import { openTestEpic, openTestStore } from "../support/store.ts";

test("the time that counts is the time a task was its worker's, over all its returns (R1)", async () => {
  const { store, databaseUrl } = await openTestStore();
  const { db, pool } = openDatabase(databaseUrl);
  const epicId = await openTestEpic(store);
  const decide = async (decision: (view: EpicView) => Decision) =>
    await store.epics.change(epicId, { what: "test", actor: null }, (view) => ({
      decision: decision(view),
      result: null,
    }));
  await decide((view) => {
    const request = { title: "Prices", description: "d", acceptance: ["a"], dependsOn: [] };
    const decision = createTask(view, { ...request, insist: null });
    if (isRefusal(decision)) throw new Error(decision.detail);
    return decision;
  });
  const moveTo = async (state: "IN_PROGRESS" | "PENDING_REVIEW" | "CHANGES_REQUESTED") => {
    await decide(({ tasks }) => ({ tasks: tasks.map((task) => ({ ...task, state })) }));
    await pool.query("update history set at = at - interval '40 minutes' where noun = 'task'");
  };
  const mailAbout = async () =>
    (await store.epics.view(epicId)).unreadMail.filter(({ subject }) => /takes long/.test(subject));
  const hourMs = 3_600_000;

  await moveTo("IN_PROGRESS");
  await moveTo("PENDING_REVIEW");
  await tellOverdueTasks(store, hourMs);
  expect(await mailAbout()).toEqual([]);
  await moveTo("CHANGES_REQUESTED");
  await tellOverdueTasks(store, hourMs);
  await tellOverdueTasks(store, hourMs);

  expect(await mailAbout()).toHaveLength(1);
  await db.destroy();
  await store.close();
});
