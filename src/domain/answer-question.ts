import { type Agent, agentHasEnded, type LifeIdentity } from "./agent.ts";
import { pauseUntilMended } from "./decide-epic.ts";
import { setProfile } from "./decide-profile.ts";
import { retryTask } from "./decide-retry.ts";
import { agentOf, applied, both, inTurn, taskOf } from "./decision.ts";
import type { Effect } from "./effect.ts";
import type { Decision, EpicView } from "./epic-view.ts";
import type { NewMail, Sender } from "./mail.ts";
import {
  type Choice,
  choicesOf,
  openQuestion,
  orchestratorKey,
  type Question,
} from "./question.ts";
import { isRefusal, type Refusal } from "./refusal.ts";
import type { ProfileRules } from "./resolve-profile.ts";

// What an answer does. It is checked against the choices that the rules offered: the orchestrator
// decides among them and nothing else.

export type Judgement = {
  readonly choice: Choice;
  readonly reason: string;
  /** For the worker of a task that is begun again; null where nothing is to be said. */
  readonly remark: string | null;
  /** Another model for it, by the name people use; null to keep its own. */
  readonly model: string | null;
};

/** The orchestrator's answer to the one question it was woken for. */
export function decideQuestion(
  view: EpicView,
  life: Pick<LifeIdentity, "agent">,
  judgement: Judgement,
  rules: ProfileRules,
): Decision | Refusal {
  const question = openQuestion(view);
  if (!question || orchestratorKey(question) !== life.agent)
    return { refused: "answered", detail: "Your question is answered already: end your turn." };
  const offered: readonly Choice[] = choicesOf[question.kind];
  if (!offered.includes(judgement.choice))
    return { refused: "no-such-choice", detail: `The choices are: ${offered.join(", ")}.` };
  if (judgement.choice !== "retry" && (judgement.model !== null || judgement.remark !== null))
    return { refused: "wrong-choice", detail: "Only retry takes a remark and a model." };
  const answered = answeredWith(view, question, judgement);
  if (isRefusal(answered)) return answered;
  // A task that has ended takes no model: what counts is the task as it is begun again.
  const model = withModel(applied(view, answered), question, judgement.model, rules);
  return isRefusal(model) ? model : both(answered, model);
}

/** The safe rule (A12): without an answer nothing is spent and people decide. */
export function answerSafely(view: EpicView, question: Question, why: string): Decision {
  const reason = `The orchestrator gave no answer: ${why}.`;
  return inTurn(view, [
    () => closed(view, question, { choice: "ask", reason, by: "rules" }),
    (now) => askPeople(now, question, reason),
  ]);
}

/** The time for an answer is over; one that came meanwhile counts. */
export function questionOverdue(view: EpicView, number: number): Decision {
  const question = openQuestion(view);
  if (question?.number !== number) return {};
  return answerSafely(view, question, "its time was over");
}

/** The question has its answer and its orchestrator is done: nothing it says counts any more. */
export function closed(
  view: EpicView,
  question: Question,
  answer: NonNullable<Question["answer"]>,
): Decision {
  const agent = agentOf(view, orchestratorKey(question));
  const questions = [{ ...question, answer }];
  if (!agent || agentHasEnded(agent)) return { questions };
  const done: Agent = { ...agent, state: "DONE", budgetHold: null };
  const reason = "its question is answered";
  return { questions, agents: [done], effects: [{ kind: "stopLife", agent: agent.key, reason }] };
}

function answeredWith(
  view: EpicView,
  question: Question,
  { choice, reason, remark }: Judgement,
): Decision | Refusal {
  const close = closed(view, question, { choice, reason, by: "orchestrator" });
  switch (choice) {
    case "start":
      return close;
    case "wait":
      return both(close, { effects: [judged(reason)] });
    case "ask":
      return inTurn(view, [() => close, (now) => askPeople(now, question, reason)]);
    case "cancel":
      return both(close, {
        mail: toSupervisor(view, question, {
          subject: `Task ${question.task} is given up`,
          body: `It is not begun again: ${reason}\n\nPlan its work differently with epic_create_task, or go on without it.`,
        }),
      });
    case "retry":
      return retried(view, question, { close, reason, remark: remark ?? reason });
    default:
      return choice satisfies never;
  }
}

/** Whoever was told of the incident hears that it was looked into. */
function judged(reasonText: string): Effect {
  return { kind: "say", thread: { on: "epic" }, message: { kind: "incidentJudged", reasonText } };
}

function retried(
  view: EpicView,
  question: Question,
  { close, reason, remark }: { close: Decision; reason: string; remark: string },
): Decision | Refusal {
  const again = retryTask(view, question.task ?? 0, remark, "granted");
  if (isRefusal(again)) return again;
  const told = toSupervisor(view, question, {
    subject: `Task ${question.task} is begun once more`,
    body: `${reason}\n\nIts worker was told: ${remark}`,
  });
  return inTurn(view, [() => close, () => again, () => ({ mail: told })]);
}

function withModel(
  view: EpicView,
  { task }: Question,
  model: string | null,
  rules: ProfileRules,
): Decision | Refusal {
  if (model === null || task === null) return {};
  const wish = { place: { layer: "task", task }, role: "worker", key: "model" } as const;
  const by = { id: 0, login: "FactoryFactory" };
  return setProfile(view, { ...wish, value: model }, { by, rules });
}

function askPeople(view: EpicView, question: Question, reason: string): Decision {
  const { kind, task, detail } = question;
  const [fact = ""] = detail.split("\n");
  if (kind === "incident")
    return pauseUntilMended(
      view,
      `${fact} ${reason} When it is mended: /ff resume. Say in a comment what is to become of tasks that failed by it. To end the epic: /ff cancel.`,
    );
  if (task === null)
    return pauseUntilMended(
      view,
      `${fact} ${reason} To start it: /ff resume, or put the label on again. To drop it: /ff cancel.`,
    );
  const issue = taskOf(view, task)?.issueNumber;
  const name = issue == null ? `Task ${task}` : `Task #${issue}`;
  const mail = toSupervisor(view, question, {
    subject: `People were asked about task ${task}`,
    body: `${reason}\n\nThe epic was paused and goes on now. Do what people wrote; if they wrote nothing, go on without the task.`,
  });
  const paused = pauseUntilMended(
    view,
    `${name} keeps failing. ${reason} Say in a comment what is to become of it, then /ff resume.`,
  );
  return both({ mail }, paused);
}

function toSupervisor(
  view: EpicView,
  question: Question,
  { subject, body }: { readonly subject: string; readonly body: string },
): readonly NewMail[] {
  const supervisor = agentOf(view, "supervisor");
  if (!supervisor || agentHasEnded(supervisor)) return [];
  const from: Sender = { kind: "agent", agent: orchestratorKey(question) };
  return [{ to: "supervisor", from, subject, body }];
}
