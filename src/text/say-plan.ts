import type { Message, PlannedTask } from "../domain/message.ts";
import { neutraliseInline } from "./neutralise-inline.ts";
import { blocks, code, counted, numbered, quoted } from "./parts.ts";

type Of<Kind extends Message["kind"]> = Extract<Message, { kind: Kind }>;

export function sayPlanForApproval({ revision, tasks, noteText }: Of<"planForApproval">): string {
  const which = revision > 1 ? `The new plan, plan ${revision} of this epic,` : "The plan";
  return blocks([
    `${which} has ${counted(tasks.length, "task")} and waits for your approval:`,
    tasks.map(planned).join("\n"),
    quoted(noteText),
    "`/ff approve` starts the work. `/ff deny <reason>` sends the plan back to the supervisor.",
  ]);
}

function planned({ ordinal, issueNumber, titleText, dependsOn }: PlannedTask): string {
  const issue = issueNumber === null ? "" : `${numbered(issueNumber)} `;
  const after = dependsOn.length === 0 ? "" : ` (after ${dependsOn.join(", ")})`;
  return `${ordinal}. ${issue}${neutraliseInline(titleText)}${after}`;
}

export function sayPlanDenied({ by, reasonText }: Of<"planDenied">): string {
  return blocks([
    `${code(by)} did not approve the plan. The supervisor plans again and asks again.`,
    quoted(reasonText),
  ]);
}

export function sayEpicStuck({ tasks }: Of<"epicStuck">): string {
  return blocks([
    `Nothing moves any more: ${counted(tasks.length, "task")} can never start, because what had to come first did not land.`,
    tasks.map(planned).join("\n"),
    "A comment here tells the supervisor what to do instead. `/ff cancel` ends the epic.",
  ]);
}
