import { expect, test } from "vitest";
import { type LifeEnd, lifeEnded } from "../../src/domain/decide-life-end.ts";
import { applied } from "../../src/domain/decision.ts";
import type { EpicView } from "../../src/domain/epic-view.ts";
import { defaultRestartRules as rules } from "../../src/domain/restarts.ts";
import { anAgent, aTask, effectsOf, viewOf } from "../support/epic-view.ts";

const key = "worker/1";
const view = viewOf([aTask(1, { state: "IN_PROGRESS" })], {
  agents: [anAgent("supervisor"), anAgent(key)],
});

function ends(now: EpicView, before: number, reason = "401 the token is dead") {
  const end: LifeEnd = { how: "fenced", reason, before, heldForMs: null };
  return lifeEnded(now, { agent: key, life: 1, end }, rules);
}

test("people are told the last words once the outside has ended several lives in a row (G3, H7)", () => {
  expect(effectsOf(ends(view, 2))).toEqual(["startLife"]);
  const told = ends(view, 3);

  expect(told.effects).toMatchObject([
    { kind: "startLife", afterMs: 480_000 },
    {
      kind: "say",
      thread: { on: "epic" },
      message: {
        kind: "agentHeldUp",
        agent: "worker-13",
        times: 4,
        reasonText: "401 the token is dead",
      },
    },
  ]);
  expect(told.tasks ?? []).toEqual([]);
  const knows = { ...view, notices: told.notices ?? [] };
  expect(effectsOf(ends(knows, 4))).toEqual(["startLife"]);
  expect(effectsOf(ends(knows, 4, "500"))).toEqual(["startLife", "say"]);
});

test("a reason that only differs in its ids and times is the same reason (G3)", () => {
  const first = ends(view, 3, "502 from the gateway (req_8fA1) after 30012 ms");
  const knows = { ...view, notices: first.notices ?? [] };

  expect(effectsOf(ends(knows, 4, "502 from the gateway (req_77c) after 30001 ms"))).toEqual([
    "startLife",
  ]);
  expect(effectsOf(ends(knows, 4, "503 from the gateway (req_77c) after 30001 ms"))).toEqual([
    "startLife",
    "say",
  ]);
});

test("who knows of a trouble with the model provider is not told of it again for each agent (G3)", () => {
  const lasts = { ...view, notices: ["trouble 7 began"] };
  const over = { ...view, notices: ["trouble 7 began", "trouble 7 ended"] };

  expect(effectsOf(ends(lasts, 9))).toEqual(["startLife"]);
  expect(effectsOf(ends(over, 9))).toEqual(["startLife", "say"]);
});

test("a second outage is told like the first, one that several agents feel is told once (G3, H7)", () => {
  const knows = applied(view, ends(view, 3));
  const other = { ...anAgent("worker/2") };
  const both = { ...knows, agents: [...knows.agents, other] };
  const end: LifeEnd = {
    how: "fenced",
    reason: "401 the token is dead",
    before: 3,
    heldForMs: null,
  };
  const ofOther = (now: EpicView) => lifeEnded(now, { agent: "worker/2", life: 1, end }, rules);
  const works: EpicView = { ...both, agents: [anAgent("supervisor"), anAgent(key), other] };
  const through = applied(
    works,
    lifeEnded(works, { agent: key, life: 1, end: { how: "asleep" } }, rules),
  );

  expect(effectsOf(ofOther(both))).toEqual(["startLife"]);
  expect(effectsOf(ofOther(through))).toEqual(["startLife", "say"]);
  expect(through.notices).toEqual([]);
  const anew = applied(works, ends(works, 0));
  expect(effectsOf(ends({ ...anew, agents: works.agents }, 3))).toEqual(["startLife", "say"]);
});
