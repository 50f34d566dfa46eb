import type { AgentKey } from "./agent.ts";
import type { Actor } from "./epic.ts";

/** Who a mail is from: an agent, a person with permission, or the product itself. */
export type Sender =
  | { readonly kind: "agent"; readonly agent: AgentKey }
  | { readonly kind: "human"; readonly actor: Actor }
  | { readonly kind: "product" };

/** A mail to an agent. Mail to people is a `say` effect: a comment. */
export type NewMail = {
  readonly to: AgentKey;
  readonly from: Sender;
  readonly subject: string;
  readonly body: string;
};

/** Ids grow in order of sending. `readAt` is set when a life took it into its conversation. */
export type Mail = NewMail & {
  readonly id: number;
  readonly read: boolean;
};
