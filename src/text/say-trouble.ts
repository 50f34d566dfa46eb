import type { Message } from "../domain/message.ts";
import { neutraliseInline } from "./neutralise-inline.ts";
import { atAttempt, blocks, code, counted, folded, quoted } from "./parts.ts";

type Of<Kind extends Message["kind"]> = Extract<Message, { kind: Kind }>;

export function sayMailToHuman({ agent, subjectText, bodyText }: Of<"mailToHuman">): string {
  const subject = neutraliseInline(subjectText);
  return blocks([
    subject === "" ? `${code(agent)} writes:` : `${code(agent)} writes: ${subject}`,
    quoted(bodyText),
    "A comment here is your answer.",
  ]);
}

export function sayAgentFailed(message: Of<"agentFailed">): string {
  return blocks([
    `${code(message.agent)} cannot go on${atAttempt(message.attempt)}:`,
    quoted(message.reasonText),
    folded("Its last screen", message.lastScreenText),
    "Whoever operates FactoryFactory finds more in its log. `/ff status` shows what else is affected, `/ff cancel` ends the epic.",
  ]);
}

export function sayAgentHeldUp({ agent, times, reasonText }: Of<"agentHeldUp">): string {
  return blocks([
    `${code(agent)} cannot work: ${counted(times, "start")} in a row came to nothing, through no fault of its own. The last time:`,
    quoted(reasonText),
    "It is started again, with waits in between, until it goes on; this costs its task no attempt. Whoever operates FactoryFactory can mend the cause. The same reason is told again only after it got through.",
  ]);
}

export function sayIncidentJudged({ reasonText }: Of<"incidentJudged">): string {
  return blocks([
    "The orchestrator looked into what holds this epic up, and lets it go on:",
    quoted(reasonText),
    "Should it not pass, the epic is paused, and you are told what to do. `/ff pause` holds it now.",
  ]);
}

export function sayEffectFailed({ effect, reasonText, id }: Of<"effectFailed">): string {
  const isGitHubs = effect !== "hostOperation";
  const advice = isGitHubs
    ? "Where GitHub refused it, check the App's permissions and the repository's rules."
    : "Its agent was told and goes on without it. Whoever operates FactoryFactory can mend the cause.";
  return blocks([
    `Something this epic needs could not be done (${code(effect)}):`,
    quoted(reasonText),
    `${advice} In the log it is ${code(id)}.`,
  ]);
}

export function sayToolBroke({ agent, tool, id }: Of<"toolBroke">): string {
  return blocks([
    `Something broke in FactoryFactory when ${code(agent)} called ${code(tool)}. The agent was told and goes on without it.`,
    `Whoever operates FactoryFactory finds it in the log as ${code(id)}. The same mistake is told only once.`,
  ]);
}

export function sayToolRefused({ agent, tool, times, reasonText }: Of<"toolRefused">): string {
  return blocks([
    `${code(agent)} does not get on: its call of ${code(tool)} was refused ${times} times in a row. The last answer it had:`,
    quoted(reasonText),
    "It goes on trying. A comment here reaches it; `/ff pause` holds the epic. For this tool it is told only once.",
  ]);
}
