import { createTask } from "./decide-plan.ts";
import { agentOf, applied, both, epicIn, labelEpic } from "./decision.ts";
import type { Actor } from "./epic.ts";
import type { Decision, EpicView } from "./epic-view.ts";
import type { NewMail } from "./mail.ts";
import { isRefusal, type Refusal } from "./refusal.ts";

/**
 * A person adds a task by its title, at any time (L5): also where the supervisor planned none, and
 * where the epic already waits for its review. The supervisor is told, and may write it out.
 */
export function addTask(
  view: EpicView,
  { title, by }: { readonly title: string; readonly by: Actor },
): Decision | Refusal {
  const { epic } = view;
  const goesOn = epic.state === "NEEDS_ANSWER" || epic.state === "AWAITING_HUMAN_REVIEW";
  const next = goesOn ? epicIn(epic, { state: "IN_PROGRESS" }) : null;
  const first: Decision = next ? { epic: next, effects: [labelEpic(next)] } : {};
  const created = createTask(applied(view, first), {
    title,
    description: `${title}\n\n(${by.login} asked for this task; its title is all they wrote.)`,
    acceptance: ["What the title asks for is done, and tested."],
    dependsOn: [],
    insist: `${by.login} asked for it`,
  });
  if (isRefusal(created)) return created;
  const ordinal = created.tasks?.[0]?.ordinal ?? 0;
  return both(both(first, created), { mail: toldSupervisor(view, ordinal, { title, by }) });
}

function toldSupervisor(
  view: EpicView,
  ordinal: number,
  { title, by }: { readonly title: string; readonly by: Actor },
): readonly NewMail[] {
  if (!agentOf(view, "supervisor")) return [];
  const plan = view.epic.planAccepted
    ? "It starts by itself."
    : "Call epic_plan_done when the plan is whole.";
  return [
    {
      to: "supervisor",
      from: { kind: "human", actor: by },
      subject: `Task ${ordinal} was added`,
      body: `“${title}”\n\nThe title is all there is: write it out with epic_edit_task so that a worker can do it without asking. ${plan}`,
    },
  ];
}
