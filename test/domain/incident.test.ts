import { describe, expect, test } from "vitest";
import { agentFailed } from "../../src/domain/agent-failed.ts";
import { decideQuestion } from "../../src/domain/answer-question.ts";
import { resumeEpic } from "../../src/domain/decide-epic.ts";
import { type LifeEnd, lifeEnded, lifeNotStarted } from "../../src/domain/decide-life-end.ts";
import { applied, both } from "../../src/domain/decision.ts";
import type { Decision, EpicView } from "../../src/domain/epic-view.ts";
import { defaultRestartRules as restarts } from "../../src/domain/restarts.ts";
import { settle } from "../../src/domain/settle.ts";
import {
  agentsOf,
  anAgent,
  anyBounds,
  aTask,
  decisionOf,
  effectsOf,
  profilesOf,
  viewOf,
} from "../support/epic-view.ts";

const rules = { profiles: profilesOf("sonnet-1", "haiku-1"), bounds: anyBounds, maxWorkers: 4 };
const atWork = viewOf([1, 2, 3].map((ordinal) => aTask(ordinal, { state: "IN_PROGRESS" })));

function heldUp(view: EpicView, before: number, reason = "500 no route", heldForMs?: number) {
  const end: LifeEnd = { how: "weather", reason, before, heldForMs: heldForMs ?? null };
  const agents = view.agents.map((one) => (one.task === 1 ? anAgent("worker/1") : one));
  return lifeEnded({ ...view, agents }, { agent: "worker/1", life: 1, end }, restarts);
}

/** A worker whose life crashes once more than it may. */
function crashed(view: EpicView, task: number, reason = "its process was gone"): Decision {
  const end: LifeEnd = { how: "crashed", reason, lastScreen: "boom", ageMs: 1 };
  const key = `worker/${task}` as const;
  const agents = view.agents.map((one) => (one.key === key ? { ...one, crashes: 4 } : one));
  return lifeEnded({ ...view, agents }, { agent: key, life: 1, end }, restarts);
}

/** The epic once decisions are stored as the product stores them. */
function after(view: EpicView, ...decide: readonly ((view: EpicView) => Decision)[]): EpicView {
  return decide.reduce((now, one) => applied(now, settle(now, one(now), rules)), view);
}

const kinds = ({ questions }: Pick<EpicView, "questions">) => questions.map(({ kind }) => kind);

describe("an agent that the outside stops again and again", () => {
  test("is a question to the orchestrator once a passing trouble would be over (A12, G3)", () => {
    expect(heldUp(atWork, 6).questions ?? []).toEqual([]);
    const asked = heldUp(atWork, 7);

    expect(asked.questions).toMatchObject([{ kind: "incident", task: null, answer: null }]);
    expect(asked.questions?.[0]?.detail).toMatch(/^worker-13 could not work 8 times.*no route/s);
    // By the rules it is started again meanwhile, as ever.
    expect(agentsOf(asked)).toEqual({ "worker/1": "STARTING" });
    expect(agentsOf(settle(atWork, asked, rules))).toMatchObject({ "orchestrator/1": "STARTING" });
  });

  test("is asked about once for each cause, and not where the cause is known (A12, G3)", () => {
    const asked = after(atWork, (view) => heldUp(view, 7));
    const answer = { choice: "wait", reason: "It passes.", by: "orchestrator" } as const;
    const done = { ...asked, questions: asked.questions.map((one) => ({ ...one, answer })) };
    const known = { ...atWork, notices: ["trouble 7 began"] };

    expect(heldUp(done, 8).questions ?? []).toEqual([]);
    expect(heldUp(asked, 8, "no space left").questions ?? []).toEqual([]);
    expect(heldUp(done, 8, "no space left").questions).toMatchObject([{ number: 2 }]);
    expect(heldUp(known, 20).questions ?? []).toEqual([]);
    expect(heldUp(atWork, 20, "429", 60_000).questions ?? []).toEqual([]);
  });

  test("pauses its epic at once when it is one cause after another, without a call (A12)", () => {
    const answer = { choice: "wait", reason: "It passes.", by: "orchestrator" } as const;
    const base = { kind: "incident", task: null, detail: "", answer } as const;
    const questions = [1, 2, 3].map((number) => ({ ...base, number }));
    const decision = heldUp({ ...atWork, questions }, 7);

    expect(decision.questions ?? []).toEqual([]);
    expect(decision.epic).toMatchObject({ state: "PAUSED" });
    expect(agentsOf(decision)).toMatchObject({ "worker/1": "PAUSED" });
    expect(JSON.stringify(decision.effects)).toContain("could not work 8 times");
  });
});

describe("an incident that was to pass", () => {
  const answer = { choice: "wait", reason: "It passes.", by: "orchestrator" } as const;
  const waited = (view: EpicView): EpicView => ({
    ...view,
    questions: view.questions.map((one) => ({ ...one, answer })),
  });
  const judged = waited(after(atWork, (view) => heldUp(view, 7)));

  test("and lasts as long again pauses its epic for people, with what to do (A12, G3)", () => {
    expect(heldUp(judged, 14).epic).toBeUndefined();
    const decision = heldUp(judged, 15);

    expect(decision.questions ?? []).toEqual([]);
    expect(decision.epic).toMatchObject({ state: "PAUSED" });
    expect(JSON.stringify(decision.effects)).toMatch(
      /could not work 16 times.*no route.*did not pass.*\/ff resume/s,
    );
  });

  test("is asked about anew once a life got through, or people resumed (A12, G3)", () => {
    const works = { ...judged, agents: atWork.agents };
    const asleep = after(works, (view) =>
      lifeEnded(view, { agent: "worker/1", life: 1, end: { how: "asleep" } }, restarts),
    );
    const begun = after(judged, (view) => heldUp(view, 0));
    const paused = after(judged, (view) => heldUp(view, 15));
    const by = { id: 1, login: "ana" };
    const resumed = after(paused, (view) => decisionOf(resumeEpic(view, { by })));

    for (const again of [asleep, begun, resumed]) {
      expect(effectsOf(heldUp(again, 3))).toContain("say");
      expect(heldUp(again, 7).questions).toMatchObject([{ kind: "incident", number: 2 }]);
    }
  });

  test("and whose agent is done is asked about anew for another (A12)", () => {
    const done = { ...anAgent("worker/1"), state: "DONE" } as const;
    const agents = [done, anAgent("worker/2")];
    const end: LifeEnd = { how: "weather", reason: "500 no route", before: 7, heldForMs: null };
    const other = { agent: "worker/2", life: 1, end } as const;

    expect(lifeEnded({ ...judged, agents }, other, restarts).questions).toHaveLength(1);
    expect(lifeEnded(judged, other, restarts).questions ?? []).toEqual([]);
  });

  test("and ends as many tasks again pauses its epic (A12, R3)", () => {
    const view = viewOf([1, 2, 3, 4].map((ordinal) => aTask(ordinal, { state: "IN_PROGRESS" })));
    const two = after(
      view,
      (now) => crashed(now, 1),
      (now) => crashed(now, 2),
    );
    const three = after(waited(two), (now) => crashed(now, 3));
    const four = after(three, (now) => crashed(now, 4));

    expect(three.epic.state).toBe("IN_PROGRESS");
    expect(four.epic).toMatchObject({ state: "PAUSED" });
    expect(kinds(four)).toEqual(["incident"]);
  });
});

describe("workers that crash for good", () => {
  test("for the same reason at several tasks are a question, a single one is none (A12, R3)", () => {
    const one = after(atWork, (view) => crashed(view, 1));
    const other = after(one, (view) => crashed(view, 2, "it went round in circles"));
    const both_ = after(one, (view) => crashed(view, 2));

    expect(kinds(one)).toEqual([]);
    expect(kinds(other)).toEqual([]);
    expect(kinds(both_)).toEqual(["incident"]);
    expect(both_.questions[0]?.detail).toMatch(/^The workers of 2 tasks crashed .*boom/s);
    expect(both_.epic.state).toBe("IN_PROGRESS");
  });

  test("one task that fails twice is no incident, lives that cannot start are (A12)", () => {
    const again = (view: EpicView): EpicView => ({ ...view, agents: atWork.agents });
    const twice = after(again(after(atWork, (view) => crashed(view, 1))), (view) =>
      crashed(view, 1),
    );
    const starting = viewOf(atWork.tasks, {
      agents: [1, 2].map((task) => ({
        ...anAgent(`worker/${task}`, "STARTING"),
        ...{ fastCrashes: 2, crashes: 2 },
      })),
    });
    const unstarted = (task: number) => (view: EpicView) =>
      lifeNotStarted(view, `worker/${task}`, "no worktree", restarts);

    expect(kinds(twice)).toEqual([]);
    expect(kinds(after(starting, unstarted(1), unstarted(2)))).toEqual(["incident"]);
  });
});

describe("an incident", () => {
  const asked = after(atWork, (view) => heldUp(view, 7));
  const judge = (choice: "wait" | "ask" | "retry") =>
    decideQuestion(
      asked,
      { agent: "orchestrator/1" },
      { choice, reason: "The network is back soon.", remark: null, model: null },
      rules,
    );

  test("that is to pass leaves the epic as it is, and people hear so (A12)", () => {
    const decision = decisionOf(judge("wait"));

    expect(decision.epic).toBeUndefined();
    expect(agentsOf(decision)).toEqual({ "orchestrator/1": "DONE" });
    expect(decision.effects?.at(-1)).toMatchObject({
      message: { kind: "incidentJudged", reasonText: "The network is back soon." },
    });
  });

  test("that somebody must mend pauses the epic with what to do (A12)", () => {
    const decision = decisionOf(judge("ask"));

    expect(decision.epic).toMatchObject({ state: "PAUSED" });
    expect(JSON.stringify(decision.effects)).toMatch(/could not work 8 times.*\/ff resume/s);
    expect(judge("retry")).toMatchObject({ refused: "no-such-choice" });
  });

  test("that stops its orchestrator as well is people's: it is no incident of its own (A12, R5)", () => {
    const orchestrator = { ...anAgent("orchestrator/1"), crashes: 5 };
    const lost = after(asked, (view) =>
      both({}, agentFailed(view, orchestrator, { reason: "no network", lastScreen: "" })),
    );

    expect(lost.epic).toMatchObject({ state: "PAUSED" });
    expect(lost.questions).toMatchObject([{ answer: { choice: "ask", by: "rules" } }]);
    const end: LifeEnd = { how: "weather", reason: "500", before: 20, heldForMs: null };
    const view = { ...asked, agents: [...atWork.agents, anAgent("orchestrator/1")], questions: [] };
    const held = lifeEnded(view, { agent: "orchestrator/1", life: 1, end }, restarts);
    expect(held.questions ?? []).toEqual([]);
    expect(effectsOf(held)).toContain("startLife");
  });
});
