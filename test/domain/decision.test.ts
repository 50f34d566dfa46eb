import { expect, test } from "vitest";
import { workerKey } from "../../src/domain/agent.ts";
import { applied, both, epicIn, inTurn, noSuchTask, taskIn } from "../../src/domain/decision.ts";
import { isNothing } from "../../src/domain/epic-view.ts";
import {
  anAgent,
  anEpic,
  approved,
  aTask,
  completed,
  effectsOf,
  mailTo,
  planned,
  publishing,
  sha,
  viewOf,
} from "../support/epic-view.ts";

test("a new state keeps what does not depend on it, and nothing of the old state (L10)", () => {
  const paused = anEpic({ state: "PAUSED", from: "IN_PROGRESS", reason: "lunch" });

  expect(epicIn(paused, { state: "IN_PROGRESS" })).toEqual(anEpic());
  expect(taskIn(publishing(1), { state: "APPROVED", approvedSha: sha(5) })).toEqual(
    aTask(1, { state: "APPROVED", approvedSha: sha(5) }),
  );
});

test("a decision replaces what it names, adds what is new and leaves the rest (A12)", () => {
  const view = viewOf([approved(1), approved(2)], { unreadMail: [mailTo("supervisor", 4)] });
  const news = { ...mailTo("worker/2"), subject: "Later" };

  const after = applied(view, {
    tasks: [completed(1), planned(3)],
    agents: [anAgent(workerKey(1), "DONE")],
    mail: [news],
  });

  expect(after.tasks.map(({ state }) => state)).toEqual(["COMPLETED", "APPROVED", "PENDING"]);
  expect(after.agents.map(({ state }) => state)).toEqual(["RUNNING", "DONE", "RUNNING"]);
  expect(after.unreadMail.map(({ id }) => id)).toEqual([4, 5]);
  expect(after.epic).toBe(view.epic);
});

test("of two decisions the second has the last word, and effects keep their order (A12)", () => {
  const sum = both(
    { epic: anEpic(), tasks: [approved(1)], effects: [{ kind: "createEpicBranch" }] },
    { tasks: [completed(1)], effects: [{ kind: "deleteEpicBranch" }] },
  );

  expect(sum.epic).toEqual(anEpic());
  expect(sum.tasks).toEqual([completed(1)]);
  expect(effectsOf(sum)).toEqual(["createEpicBranch", "deleteEpicBranch"]);
});

test("each step decides on what the steps before it left (A12)", () => {
  const seen: string[] = [];
  const decision = inTurn(viewOf([approved(1)]), [
    () => ({ tasks: [completed(1)] }),
    ({ tasks }) => {
      seen.push(...tasks.map(({ state }) => state));
      return { tasks: [planned(2)] };
    },
  ]);

  expect(seen).toEqual(["COMPLETED"]);
  expect(decision.tasks).toEqual([completed(1), planned(2)]);
});

test("a task that a model made up is refused with those there are (L4)", () => {
  expect(noSuchTask(viewOf([planned(1), planned(2)]), 7).detail).toContain("are: 1, 2");
  expect(noSuchTask(viewOf([]), 7).detail).toContain("none yet");
});

test("a decision without content is nothing, one with an effect is not (A12)", () => {
  expect(isNothing({})).toBe(true);
  expect(isNothing({ tasks: [], effects: [] })).toBe(true);
  expect(isNothing({ effects: [{ kind: "createEpicBranch" }] })).toBe(false);
  expect(isNothing({ epic: anEpic() })).toBe(false);
});
