import { expect, test } from "vitest";
import type { Agent } from "../../src/domain/agent.ts";
import { agentWaits } from "../../src/domain/decide-agent.ts";
import { type LifeEnd, lifeEnded } from "../../src/domain/decide-life-end.ts";
import { defaultRestartRules as rules } from "../../src/domain/restarts.ts";
import type { Task } from "../../src/domain/task.ts";
import { anAgent, approved, aTask, mailTo, viewOf } from "../support/epic-view.ts";

const key = "worker/1";
const crashed: LifeEnd = {
  how: "crashed",
  reason: "killed by SIGKILL",
  lastScreen: "",
  ageMs: 3_600_000,
};
const submitted = aTask(1, { state: "PENDING_REVIEW" });

function view(task: Task, more: Partial<Agent> = {}) {
  return viewOf([task], { agents: [anAgent("supervisor"), { ...anAgent(key), ...more }] });
}

test("a worker that crashes beside its submitted or approved work sleeps and fails nothing (R2)", () => {
  for (const task of [submitted, approved(1)]) {
    const before = view(task, { crashes: 4, state: "WAITING" });

    const decision = lifeEnded(before, { agent: key, life: 1, end: crashed }, rules);

    expect(decision).toMatchObject({ agents: [{ key, state: "ASLEEP", crashes: 5 }] });
    expect(decision.tasks ?? []).toEqual([]);
  }
});

test("a worker that crashes over unread mail counts its crashes to the end (R2)", () => {
  const before = { ...view(submitted, { crashes: 4 }), unreadMail: [mailTo(key)] };

  const decision = lifeEnded(before, { agent: key, life: 1, end: crashed }, rules);

  expect(decision.tasks).toMatchObject([{ ordinal: 1, state: "FAILED" }]);
});

test("crashes before mail was taken count no more, those before a mere wait do (R2)", () => {
  const started = aTask(1, { state: "IN_PROGRESS" });

  const waits = agentWaits(view(started, { crashes: 4 }), key, true);
  const works = agentWaits(view(started, { crashes: 4, state: "WAITING" }), key, false);

  expect(waits.agents).toMatchObject([{ state: "WAITING", crashes: 4 }]);
  expect(works.agents).toMatchObject([{ state: "RUNNING", crashes: 0 }]);
});
