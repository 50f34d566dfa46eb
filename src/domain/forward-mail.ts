import { agentHasEnded } from "./agent.ts";
import { agentOf } from "./decision.ts";
import { epicHasEnded } from "./epic.ts";
import type { Decision, EpicView } from "./epic-view.ts";
import type { Mail, NewMail } from "./mail.ts";

/**
 * What a person wrote to a worker that ended before it read it goes to the supervisor instead.
 *
 * @param stored the mail that has its id already; what a decision only sends has none yet
 */
export function forwardMail(view: EpicView, stored: readonly Mail[]): Decision {
  const supervisor = agentOf(view, "supervisor");
  if (!supervisor || agentHasEnded(supervisor) || epicHasEnded(view.epic)) return {};
  const lost = stored.filter((mail) => {
    const worker = mail.to === "supervisor" ? null : agentOf(view, mail.to);
    return mail.from.kind === "human" && worker !== null && agentHasEnded(worker);
  });
  return { mailSettled: lost.map(({ id }) => id), mail: lost.map(forwarded) };
}

function forwarded({ to, from, subject, body }: Mail): NewMail {
  return {
    to: "supervisor",
    from,
    subject: `For ${to}, which ended before it read this: ${subject}`,
    body,
  };
}
