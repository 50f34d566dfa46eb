import { agentHasEnded } from "./agent.ts";
import { awaitsNews } from "./awaits-news.ts";
import { agentOf, epicIn, labelEpic } from "./decision.ts";
import type { Decision, EpicView } from "./epic-view.ts";
import type { NewMail } from "./mail.ts";

/** Kept with the epic: its supervisor was asked for the plan it did not make. */
const askedAgain = "supervisor asked again for its plan";

/**
 * A supervisor that rests before there is a plan is asked once more; after that its human is told,
 * and the epic waits for what they say (L5). A question to the human is no such rest: it has a state
 * of its own.
 */
export function askForPlan(view: EpicView): Decision {
  const { epic, tasks, notices } = view;
  if (epic.state !== "IN_PROGRESS" || epic.planAccepted || !restsWithoutMail(view)) return {};
  if (!notices.includes(askedAgain))
    return { notices: [askedAgain], mail: [askingAgain(tasks.length)] };
  const waiting = epicIn(epic, { state: "NEEDS_ANSWER" });
  return {
    epic: waiting,
    effects: [
      labelEpic(waiting),
      {
        kind: "say",
        thread: { on: "epic" },
        message: { kind: "planMissing", tasks: tasks.length },
      },
    ],
  };
}

function restsWithoutMail(view: EpicView): boolean {
  const supervisor = agentOf(view, "supervisor");
  if (!supervisor || agentHasEnded(supervisor)) return false;
  const isResting = supervisor.state === "WAITING" || supervisor.state === "ASLEEP";
  return isResting && !awaitsNews(view, supervisor.key);
}

function askingAgain(tasks: number): NewMail {
  const what =
    tasks === 0
      ? "You ended your turn and planned no task. Plan at least one with epic_create_task, then call epic_plan_done."
      : "You ended your turn and did not say that the plan is done. Plan what is missing, then call epic_plan_done.";
  return {
    to: "supervisor",
    from: { kind: "product" },
    subject: "The plan is missing",
    body: `${what} If something essential is undecided, ask with epic_ask_human; if it cannot be done, say why with epic_fail. When you end your turn again without any of these, the human is told.`,
  };
}
