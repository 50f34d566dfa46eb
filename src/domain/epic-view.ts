import type { Agent } from "./agent.ts";
import type { Approval } from "./approval.ts";
import type { Effect } from "./effect.ts";
import type { Actor, Epic } from "./epic.ts";
import type { Mail, NewMail } from "./mail.ts";
import type { ProfileSetting } from "./profile.ts";
import type { ProfileChange } from "./profile-settings.ts";
import type { Question } from "./question.ts";
import type { Task } from "./task.ts";

/**
 * All that a decision about one epic may look at, read under the epic's row lock, so that two
 * decisions about the same epic never see the same past.
 */
export type EpicView = {
  readonly epic: Epic;
  /** In order of ordinal. */
  readonly tasks: readonly Task[];
  readonly agents: readonly Agent[];
  /** Mail nobody has read yet, oldest first. */
  readonly unreadMail: readonly Mail[];
  /** What its people were told and are not told again. */
  readonly notices: readonly string[];
  /** Every approval of the epic, in order of asking. */
  readonly approvals: readonly Approval[];
  /** What counts for this epic: at most one per place, role and key. */
  readonly profileSettings: readonly ProfileSetting[];
  /** What the rules asked the orchestrator, in order of asking; at most one is open. */
  readonly questions: readonly Question[];
};

/**
 * What a decision wants: the nouns as they shall be, and the effects to perform. Stored in one
 * transaction. Nouns that are not named stay as they are; a task or agent not in the view is new.
 */
export type Decision = {
  readonly epic?: Epic;
  readonly tasks?: readonly Task[];
  readonly agents?: readonly Agent[];
  readonly mail?: readonly NewMail[];
  /** Ids of unread mail that its addressee need not read any more. */
  readonly mailSettled?: readonly number[];
  /** What is told now and not again, in words that name the cause. */
  readonly notices?: readonly string[];
  /** Notices that count no more: what they name is told again when it comes back. */
  readonly noticesOver?: readonly string[];
  readonly budgets?: readonly NewBudget[];
  readonly approvals?: readonly Approval[];
  readonly profileChanges?: readonly ProfileChange[];
  readonly questions?: readonly Question[];
  readonly effects?: readonly Effect[];
};

/** A budget a person sets, in US dollars: a task's, or the whole epic's where that is null. */
export type NewBudget = {
  readonly task: number | null;
  readonly amount: number;
  readonly by: Actor;
};

/** True when a decision changes nothing. */
export function isNothing(decision: Decision): boolean {
  return Object.values(decision).every(
    (part) => part === undefined || (Array.isArray(part) && part.length === 0),
  );
}
