import { beginEpic } from "./decide-epic.ts";
import type { Decision, EpicView } from "./epic-view.ts";
import type { Profile } from "./profile.ts";
import { newQuestion } from "./question.ts";
import { likeness } from "./resemblance.ts";
import type { EpicStateName } from "./states.ts";

/** An epic of the same repository that was labelled before. */
export type EarlierEpic = {
  readonly issueNumber: number;
  readonly title: string;
  readonly body: string;
  readonly state: EpicStateName;
};

const percent = 100;
const shownCharacters = 4_000;

/**
 * Begins an epic, unless it resembles one whose work is done or under way: whether that is the same
 * work once more the words alone do not say, so the orchestrator is asked, once (A12).
 *
 * @param askPercent from this likeness on it is asked; above 100: never
 */
export function beginOrAsk(
  view: EpicView,
  profile: Profile,
  {
    earlier,
    askPercent,
  }: { readonly earlier: readonly EarlierEpic[]; readonly askPercent: number },
): Decision {
  if (view.epic.state !== "QUEUED") return {};
  const asked = view.questions.filter(({ kind }) => kind === "repeatedEpic");
  if (asked.some(({ answer }) => answer === null)) return {};
  const likest = asked.length > 0 ? null : likestOf(view, earlier);
  if (likest === null || likest.score * percent < askPercent) return beginEpic(view, profile);
  const detail = detailOf(likest);
  return { questions: [newQuestion(view, { kind: "repeatedEpic", task: null, detail })] };
}

type Likest = EarlierEpic & { readonly score: number };

/** What failed or was cancelled is not done: asking for it again is plain enough. */
function likestOf({ epic }: EpicView, earlier: readonly EarlierEpic[]): Likest | null {
  const wanted = { title: epic.title, description: epic.body };
  const scored = earlier
    .filter(({ state }) => state !== "FAILED" && state !== "CANCELLED")
    .map((one) => ({
      ...one,
      score: likeness({ title: one.title, description: one.body }, wanted),
    }));
  return scored.sort((one, other) => other.score - one.score)[0] ?? null;
}

/** Its first line is what people are told where they are asked. */
function detailOf({ issueNumber, title, body, state, score }: Likest): string {
  const alike = Math.round(score * percent);
  return [
    `This epic resembles #${issueNumber}, which is ${state} (${alike} % the same words).`,
    "",
    `#${issueNumber}: ${title}`,
    "",
    body.slice(0, shownCharacters).toWellFormed(),
  ].join("\n");
}
