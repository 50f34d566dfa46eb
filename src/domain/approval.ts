import type { AgentKey } from "./agent.ts";

/** What exists only in a given state. `by` is the login of whoever decided. */
export type ApprovalState =
  | { readonly state: "PENDING" }
  | { readonly state: "APPROVED"; readonly by: string }
  | { readonly state: "DENIED"; readonly by: string; readonly reason: string }
  | { readonly state: "EXPIRED" }
  | { readonly state: "RAN"; readonly by: string }
  | { readonly state: "WITHDRAWN" };

/** A call of a sensitive tool by an agent in strict mode, from the asking to its end (A7). */
export type Approval = ApprovalState & {
  /** Short, for people to type; unique within its epic. */
  readonly id: string;
  readonly agent: AgentKey;
  readonly tool: string;
  /** The arguments as they will run. */
  readonly input: unknown;
  /** The comment that showed it to people; null until GitHub has it. Later comments have higher ids. */
  readonly commentId: number | null;
  /** How long it may wait for a person, and once approved for its agent. */
  readonly limitMs: number;
  /** True once it has waited longer than that, by the database's clock. */
  readonly overdue: boolean;
};

export const approvalIdLength = 4;

// A digit, so that no word of a reason is taken for an id; no vowels and look-alikes.
const idShape = /^(?=.*[2-9])[2-9bcdfghjkmnpqrstvwxyz]{4}$/;

/** True for what could be an approval's id. */
export function isApprovalId(word: string): boolean {
  return idShape.test(word);
}

/** True while something can still come of it. */
export function isOpen({ state }: Pick<Approval, "state">): boolean {
  return state === "PENDING" || state === "APPROVED";
}
