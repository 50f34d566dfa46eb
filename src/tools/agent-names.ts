import type { EpicView } from "../domain/epic-view.ts";
import type { Sender } from "../domain/mail.ts";
import { nameOfAgent } from "../domain/name-of-agent.ts";

/** Whom a mail is from, in one word. */
export function nameOfSender(view: EpicView, sender: Sender): string {
  switch (sender.kind) {
    case "agent":
      return nameOfAgent(view, sender.agent);
    case "human":
      return `@${sender.actor.login}`;
    case "product":
      return "FactoryFactory";
    default:
      return sender satisfies never;
  }
}
