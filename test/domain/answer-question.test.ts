import { describe, expect, test } from "vitest";
import { agentFailed } from "../../src/domain/agent-failed.ts";
import { decideQuestion, questionOverdue } from "../../src/domain/answer-question.ts";
import { agentWaits } from "../../src/domain/decide-agent.ts";
import { budgetIsSpent } from "../../src/domain/decide-budget.ts";
import { pauseEpic } from "../../src/domain/decide-epic.ts";
import { retryOrAsk } from "../../src/domain/decide-retry.ts";
import { applied } from "../../src/domain/decision.ts";
import type { EpicView } from "../../src/domain/epic-view.ts";
import type { Question } from "../../src/domain/question.ts";
import { settle } from "../../src/domain/settle.ts";
import {
  agentsOf,
  anAgent,
  anEpic,
  anyBounds,
  aTask,
  completed,
  decisionOf,
  effectsOf,
  person,
  profilesOf,
  refusalOf,
  statesOf,
  viewOf,
} from "../support/epic-view.ts";

const rules = { profiles: profilesOf("sonnet-1", "haiku-1"), bounds: anyBounds, maxWorkers: 4 };
const orchestrator = { agent: "orchestrator/1" } as const;
const plain = { reason: "It asks for other pages.", remark: null, model: null };

const repeated: Question = {
  ...{ number: 1, kind: "repeatedEpic", task: null },
  ...{ detail: "This epic resembles #7, which is COMPLETED.\n\n#7: A shop", answer: null },
};
const failing: Question = { ...repeated, kind: "failingTask", task: 1, detail: "Task 1 failed." };

function queued(more: Partial<EpicView> = {}): EpicView {
  const agents = [anAgent("orchestrator/1")];
  const epic = anEpic({ state: "QUEUED" }, { planAccepted: false });
  return viewOf([], { epic, agents, questions: [repeated], ...more });
}

function tired(more: Partial<EpicView> = {}): EpicView {
  const failed = aTask(1, { state: "FAILED", reason: "The tests hang." }, { attempts: 7 });
  const agents = [
    anAgent("supervisor", "WAITING"),
    anAgent("worker/1", "FAILED"),
    anAgent("orchestrator/1"),
  ];
  const notices = ["task 1 begun again: 1", "task 1 begun again: 2"];
  return viewOf([failed, completed(2)], { agents, notices, questions: [failing], ...more });
}

/** The epic once a decision is stored as the product stores it. */
function after(view: EpicView, decided: Parameters<typeof decisionOf>[0]): EpicView {
  return applied(view, settle(view, decisionOf(decided), rules));
}

describe("an epic that resembles another", () => {
  test("starts by the orchestrator's word, and the orchestrator is done (A12)", () => {
    const view = queued();
    const answer = decideQuestion(view, orchestrator, { ...plain, choice: "start" }, rules);
    const next = after(view, answer);

    expect(next.questions[0]?.answer).toMatchObject({ choice: "start", by: "orchestrator" });
    expect(next.epic.state).toBe("QUEUED");
    expect(agentsOf(decisionOf(answer))).toEqual({ "orchestrator/1": "DONE" });
    expect(effectsOf(decisionOf(answer))).toEqual(["stopLife"]);
  });

  test("waits for people when the orchestrator asks, and they are told how to go on (A12)", () => {
    const view = queued();
    const decision = decisionOf(
      decideQuestion(view, orchestrator, { ...plain, choice: "ask" }, rules),
    );

    expect(after(view, decision).epic).toMatchObject({ state: "PAUSED", from: "QUEUED" });
    expect(JSON.stringify(decision.effects)).toMatch(/resembles #7.*other pages.*\/ff resume/s);
  });
});

describe("a task that keeps failing", () => {
  test("is begun once more with the remark and the model, and its supervisor hears why (A12, A6)", () => {
    const view = tired();
    const judgement = {
      ...plain,
      choice: "retry",
      remark: "Run them alone.",
      model: "opus",
    } as const;
    const next = after(view, decideQuestion(view, orchestrator, judgement, rules));

    expect(next.tasks[0]?.state).toBe("IN_PROGRESS");
    expect(next.agents.find(({ key }) => key === "worker/1")?.model).toBe("opus-1");
    expect(next.unreadMail.map(({ to, body }) => [to, body.split("\n")[0]])).toEqual([
      ["worker/1", "Run them alone."],
      ["supervisor", "It asks for other pages."],
    ]);
  });

  test("stays failed by the orchestrator's word, and the supervisor goes on (A12)", () => {
    const view = tired();
    const decision = decideQuestion(view, orchestrator, { ...plain, choice: "cancel" }, rules);

    expect(statesOf(decisionOf(decision))).toEqual({});
    expect(after(view, decision).agents[0]).toMatchObject({ key: "supervisor", state: "WAITING" });
    expect(after(view, decision).unreadMail[0]).toMatchObject({ to: "supervisor" });
  });

  test("is put to the orchestrator once, when its supervisor may not begin it again (A12)", () => {
    const asked = retryOrAsk(tired({ questions: [] }), 1, "Try again.");

    expect(decisionOf(asked).questions).toMatchObject([{ kind: "failingTask", task: 1 }]);
    expect(refusalOf(retryOrAsk(tired(), 1, "Try again."))).toBe("already-asked");
    const answer = { choice: "cancel", reason: "No.", by: "orchestrator" } as const;
    const done = tired({ questions: [{ ...failing, answer }] });
    expect(refusalOf(retryOrAsk(done, 1, "Try again."))).toBe("too-often");
  });

  test("ends its epic no sooner than the orchestrator has decided (A12, L10)", () => {
    expect(after(tired(), {}).epic.state).toBe("IN_PROGRESS");
  });
});

describe("what an orchestrator may not do", () => {
  test.each([
    ["a choice that was not offered", { choice: "retry" }, "no-such-choice"],
    ["a remark without a task to begin again", { choice: "ask", remark: "x" }, "wrong-choice"],
  ] as const)("%s is refused (A5)", (_name, judgement, word) => {
    const refused = decideQuestion(queued(), orchestrator, { ...plain, ...judgement }, rules);

    expect(refusalOf(refused)).toBe(word);
  });

  test("a model outside the operator's bounds is refused (A5, A6)", () => {
    const judgement = { ...plain, choice: "retry", model: "gpt" } as const;

    expect(refusalOf(decideQuestion(tired(), orchestrator, judgement, rules))).toBe("not-allowed");
  });

  test("a second answer is refused (A5)", () => {
    const view = after(
      queued(),
      decideQuestion(queued(), orchestrator, { ...plain, choice: "start" }, rules),
    );

    const again = decideQuestion(view, orchestrator, { ...plain, choice: "ask" }, rules);
    expect(refusalOf(again)).toBe("answered");
  });
});

describe("without an answer", () => {
  const view = queued();
  const agent = anAgent("orchestrator/1");
  const life = { epicId: 1, role: "orchestrator", task: null, life: 1, ...orchestrator } as const;
  const count = { level: "day", spent: 10, limit: 10 } as const;
  const losses = {
    "it fails for good": agentFailed(view, agent, { reason: "It crashed.", lastScreen: "" }),
    "it ends its turn": agentWaits(view, "orchestrator/1", true),
    "its budget is spent": budgetIsSpent(view, { life, count, day: "2026-11-23" }),
    "its time is over": questionOverdue(view, 1),
  };

  test.each(Object.entries(losses))(
    "when %s people are asked and nothing fails (A12, R5)",
    (_, lost) => {
      const next = after(view, lost);

      expect(next.epic).toMatchObject({ state: "PAUSED", from: "QUEUED" });
      expect(next.questions[0]?.answer).toMatchObject({ choice: "ask", by: "rules" });
      expect(next.agents.map(({ key }) => key)).toEqual(["orchestrator/1"]);
    },
  );

  test("an answer that came in time counts (A12)", () => {
    const answered = after(
      view,
      decideQuestion(view, orchestrator, { ...plain, choice: "start" }, rules),
    );

    expect(questionOverdue(answered, 1)).toEqual({});
  });
});

test("a question gets its orchestrator, and one that people took in hand is withdrawn (A12)", () => {
  const fresh = queued({ agents: [] });
  const begun = settle(fresh, {}, rules);
  expect(agentsOf(begun)).toEqual({ "orchestrator/1": "STARTING" });
  expect(effectsOf(begun)).toEqual(["startLife"]);

  const next = after(queued(), pauseEpic(queued(), { by: person, reason: "" }));
  expect(next.questions[0]?.answer).toMatchObject({ choice: null, by: "rules" });
  expect(next.agents[0]?.state).toBe("DONE");
});
