import { expect, test } from "vitest";
import type { Agent } from "../../src/domain/agent.ts";
import { agentWaits, lifeStarted } from "../../src/domain/decide-agent.ts";
import { type LifeEnd, lifeEnded, lifeNotStarted } from "../../src/domain/decide-life-end.ts";
import type { EpicView } from "../../src/domain/epic-view.ts";
import { defaultRestartRules as rules } from "../../src/domain/restarts.ts";
import {
  agentsOf,
  anAgent,
  aTask,
  completed,
  effectsOf,
  planned,
  publishing,
  statesOf,
  viewOf,
} from "../support/epic-view.ts";

const key = "worker/1";
const crashed: LifeEnd = {
  how: "crashed",
  reason: "killed by SIGKILL",
  lastScreen: "$ npm test",
  ageMs: 3_600_000,
};
const started = aTask(1, { state: "IN_PROGRESS" });

function withWorker(more: Partial<Agent>, task = started): EpicView {
  return viewOf([task], { agents: [anAgent("supervisor"), { ...anAgent(key), ...more }] });
}

function ends(view: EpicView, end: LifeEnd, life = 1) {
  return lifeEnded(view, { agent: key, life, end }, rules);
}

test("a new life runs, and an older one's late word changes nothing (R2)", () => {
  const view = withWorker({ state: "STARTING", life: 2 });

  expect(lifeStarted(view, key, 3).agents).toMatchObject([{ state: "RUNNING", life: 3 }]);
  expect(lifeStarted(view, key, 2)).toEqual({});
  expect(lifeStarted(withWorker({ state: "DONE" }), key, 3)).toEqual({});
});

test("an agent waits after its turn and works again on mail (A12)", () => {
  expect(agentsOf(agentWaits(withWorker({}), key, true))).toEqual({ [key]: "WAITING" });
  expect(agentsOf(agentWaits(withWorker({ state: "WAITING" }), key, false))).toEqual({
    [key]: "RUNNING",
  });
  expect(agentWaits(withWorker({ state: "PAUSED" }), key, false)).toEqual({});
});

test("a crash brings a new life and tells nobody (R2)", () => {
  const decision = ends(withWorker({ crashes: 3 }), crashed);

  expect(decision.agents).toMatchObject([{ state: "STARTING", crashes: 4 }]);
  expect(effectsOf(decision)).toEqual(["startLife"]);
  expect(decision.mail ?? []).toEqual([]);
});

test("a life that was asked to end, or went to sleep, is no crash (R2)", () => {
  for (const how of ["asleep", "stopped"] as const) {
    expect(ends(withWorker({}), { how }).agents).toMatchObject([{ state: "ASLEEP", crashes: 0 }]);
  }
});

test("news of an older life, or of an agent that has ended, changes nothing (R2)", () => {
  expect(ends(withWorker({ life: 2 }), crashed)).toEqual({});
  expect(ends(withWorker({ state: "DONE" }, completed(1)), crashed)).toEqual({});
});

test("the last crash fails the task and tells supervisor and human (R2)", () => {
  const decision = ends(withWorker({ crashes: 4 }), crashed);

  expect(statesOf(decision)).toEqual({ 1: "FAILED" });
  expect(decision.agents).toMatchObject([{ state: "FAILED", crashes: 5 }]);
  expect(decision.mail).toMatchObject([{ to: "supervisor", subject: "Task 1 is FAILED" }]);
  expect(decision.effects?.at(-1)).toMatchObject({
    message: { kind: "agentFailed", agent: "worker-13", lastScreenText: "$ npm test" },
  });
});

test("a task that is being published lands although its agent crashed too often (R2, Q2a)", () => {
  const agent = { crashes: 4 };
  const decision = ends(withWorker(agent, publishing(1)), crashed);
  const restart = withWorker({ ...agent, state: "STARTING" }, publishing(1));

  expect(statesOf(decision)).toEqual({});
  expect(agentsOf(decision)).toEqual({ [key]: "ASLEEP" });
  expect(statesOf(lifeNotStarted(restart, key, "no memory", rules))).toEqual({});
});

test("a supervisor that crashes too often fails its epic (R2)", () => {
  const agents = [{ ...anAgent("supervisor"), crashes: 4 }];
  const view = viewOf([planned(1)], { agents });
  const decision = lifeEnded(view, { agent: "supervisor", life: 1, end: crashed }, rules);

  expect(decision.epic).toMatchObject({ state: "FAILED" });
  expect(agentsOf(decision)).toEqual({ supervisor: "FAILED" });
});

test("a life that cannot be started counts like one that crashed (R2)", () => {
  const starting = (crashes: number) => withWorker({ state: "STARTING", crashes });
  const again = lifeNotStarted(starting(0), key, "no memory", rules);
  const last = lifeNotStarted(starting(4), key, "no memory", rules);

  expect(again.agents).toMatchObject([{ state: "STARTING", crashes: 1 }]);
  expect(effectsOf(again)).toEqual(["startLife"]);
  expect(statesOf(last)).toEqual({ 1: "FAILED" });
  expect(lifeNotStarted(withWorker({}), key, "no memory", rules)).toEqual({});
});
