import { expect, test } from "vitest";
import type { Agent } from "../../src/domain/agent.ts";
import { agentWaits } from "../../src/domain/decide-agent.ts";
import { type LifeEnd, lifeEnded, lifeNotStarted } from "../../src/domain/decide-life-end.ts";
import { recordCommit, submitTask } from "../../src/domain/decide-task.ts";
import type { EpicView } from "../../src/domain/epic-view.ts";
import { healthMail } from "../../src/domain/health-mail.ts";
import { defaultRestartRules as rules } from "../../src/domain/restarts.ts";
import {
  agentsOf,
  anAgent,
  aTask,
  decisionOf,
  effectsOf,
  mailTo,
  sha,
  statesOf,
  viewOf,
} from "../support/epic-view.ts";

const key = "worker/1";
const started = aTask(1, { state: "IN_PROGRESS" }, { attempts: 1 });

function withWorker(more: Partial<Agent>, task = started): EpicView {
  return viewOf([task], { agents: [anAgent("supervisor"), { ...anAgent(key), ...more }] });
}

function crashAt(ageMs: number | null): LifeEnd {
  return { how: "crashed", reason: "ended by signal 9", lastScreen: "$ npm test", ageMs };
}

function ends(view: EpicView, end: LifeEnd) {
  return lifeEnded(view, { agent: key, life: 1, end }, rules);
}

test("three lives in a row that crash soon after their start fail the agent at once (R3)", () => {
  const second = ends(withWorker({ crashes: 1, fastCrashes: 1 }), crashAt(59_000));
  const third = ends(withWorker({ crashes: 2, fastCrashes: 2 }), crashAt(59_000));

  expect(second.agents).toMatchObject([{ state: "STARTING", crashes: 2, fastCrashes: 2 }]);
  expect(statesOf(third)).toEqual({ 1: "FAILED" });
  expect(third.effects?.at(-1)).toMatchObject({
    message: {
      kind: "agentFailed",
      reasonText:
        "It crashed 3 times in a row, each time soon after its start; the last time: ended by signal 9",
      lastScreenText: "$ npm test",
    },
  });
});

test("a life that lasted, or that slept, ends a row of early crashes (R3)", () => {
  const lasted = ends(withWorker({ crashes: 2, fastCrashes: 2 }), crashAt(61_000));
  const slept = ends(withWorker({ crashes: 2, fastCrashes: 2 }), { how: "asleep" });

  expect(lasted.agents).toMatchObject([{ state: "STARTING", fastCrashes: 0 }]);
  expect(slept.agents).toMatchObject([{ state: "ASLEEP", fastCrashes: 0, crashes: 2 }]);
});

test("restarts after crashes wait twice as long each time, up to a bound (R2)", () => {
  const waits = [0, 1, 2, 3].map((crashes) => ends(withWorker({ crashes }), crashAt(90_000)));
  const late = { ...rules, maxCrashes: 100 };
  const last = lifeEnded(
    withWorker({ crashes: 50 }),
    { agent: key, life: 1, end: crashAt(90_000) },
    late,
  );

  expect(waits.map(({ effects }) => effects)).toEqual(
    [1_000, 2_000, 4_000, 8_000].map((afterMs) => [{ kind: "startLife", agent: key, afterMs }]),
  );
  expect(last.effects).toMatchObject([{ afterMs: 60_000 }]);
});

test("people see every attempt at a task, and a first recovery tells nobody (R2)", () => {
  const decision = ends(withWorker({}), crashAt(90_000));

  expect(decision.tasks).toMatchObject([{ ordinal: 1, state: "IN_PROGRESS", attempts: 2 }]);
  expect(effectsOf(decision)).toEqual(["startLife"]);
  expect(decision.mail ?? []).toEqual([]);
});

test("weather and a fence cost no attempt, wait longer each time and never fail the task (G3)", () => {
  const view = withWorker({ crashes: 4, fastCrashes: 2 });
  for (const how of ["weather", "fenced"] as const) {
    const waits = [0, 1, 2, 3, 9].map((before) =>
      ends(view, { how, reason: "429", before, heldForMs: null }),
    );

    expect(waits.map(({ effects }) => effects?.[0])).toMatchObject(
      [60_000, 120_000, 240_000, 480_000, 600_000].map((afterMs) => ({ afterMs })),
    );
    expect(waits[4]).toMatchObject({ agents: [{ state: "STARTING", crashes: 4, fastCrashes: 2 }] });
    expect(waits[4]?.tasks ?? []).toEqual([]);
  }
});

test("who is told when to come back comes back then, within the longest wait (G3)", () => {
  const view = withWorker({});
  const waits = (before: number, heldForMs: number) =>
    ends(view, { how: "weather", reason: "429", before, heldForMs }).effects?.[0];

  expect(waits(0, 17_000)).toMatchObject({ afterMs: 17_000 });
  expect(waits(3, 240_000)).toMatchObject({ afterMs: 240_000 });
  expect(waits(0, 86_400_000)).toMatchObject({ afterMs: 600_000 });
  // What was named was over too soon, again and again.
  expect([0, 3, 6].map((before) => waits(before, 0))).toMatchObject(
    [1_000, 8_000, 64_000].map((afterMs) => ({ afterMs })),
  );
});

test("an agent that only waited when the outside failed sleeps until it has mail (A8, G3)", () => {
  const end = { how: "weather", reason: "502", before: 0, heldForMs: null } as const;
  const waiting = withWorker({ state: "WAITING" });

  expect(agentsOf(ends(waiting, end))).toEqual({ [key]: "ASLEEP" });
  expect(agentsOf(ends({ ...waiting, unreadMail: [mailTo(key)] }, end))).toEqual({
    [key]: "STARTING",
  });
});

test("a life that cannot work on its host pauses the epic and tells people once what to do (A2)", () => {
  const end = { how: "unable", reason: "claude is not installed: npm i -g claude" } as const;
  const decision = ends(withWorker({}), end);

  const why = "worker-13 cannot work here: claude is not installed: npm i -g claude";
  expect(decision.epic).toMatchObject({ state: "PAUSED", reason: why });
  expect(agentsOf(decision)).toEqual({ supervisor: "PAUSED", [key]: "PAUSED" });
  expect(effectsOf(decision)).not.toContain("startLife");
  expect(decision.effects?.at(-1)).toMatchObject({
    message: { kind: "epicPaused", reasonText: why },
  });
  const paused = { ...withWorker({}), epic: decision.epic ?? withWorker({}).epic };
  expect(effectsOf(ends(paused, end))).toEqual([]);
});

test("a life that cannot be started at all counts like one that crashed at once (R2, R3)", () => {
  const view = withWorker({ state: "STARTING", fastCrashes: 2 });

  expect(statesOf(lifeNotStarted(view, key, "no memory", rules))).toEqual({ 1: "FAILED" });
});

test("new work resets the count of crashes, a mere health check does not (R2)", () => {
  const crashed = { crashes: 4, fastCrashes: 2 };
  const committed = recordCommit(withWorker(crashed), 1, sha(9));
  const ready = aTask(1, { state: "IN_PROGRESS" }, { submittedSha: null });
  const submitted = submitTask(withWorker(crashed, ready), 1, "Done.");
  const waiting = withWorker({ ...crashed, state: "WAITING" });
  const check = { ...healthMail(key, 120_000, 120_000), id: 1, read: false };

  for (const decision of [committed, submitted])
    expect(decisionOf(decision).agents).toMatchObject([{ crashes: 0, fastCrashes: 0 }]);
  const asked = agentWaits({ ...waiting, unreadMail: [check] }, key, false);
  expect(asked.agents).toMatchObject([{ state: "RUNNING", crashes: 4 }]);
});

test("a question about the health of a life dies with it (R1)", () => {
  const check = { ...healthMail(key, 120_000, 120_000), id: 7, read: false };
  const view = { ...withWorker({}), unreadMail: [mailTo(key, 6), check] };

  expect(ends(view, crashAt(300_000)).mailSettled).toEqual([7]);
});
