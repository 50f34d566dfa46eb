import type { AgentStateName, EpicStateName } from "./states.ts";

/** An epic as its installation's orchestrator may know it: no text but its title and how it ended. */
export type KnownEpic = {
  /** `owner/name`. */
  readonly repository: string;
  readonly issueNumber: number;
  readonly title: string;
  readonly state: EpicStateName;
  /** Why it was paused, failed or cancelled; null in other states. */
  readonly why: string | null;
  readonly tasks: number;
  readonly landed: number;
  readonly failed: number;
  /** null before its supervisor's first life was asked for. */
  readonly supervisor: AgentStateName | null;
  /** By the database's clock, ISO 8601; null while it has not. */
  readonly endedAt: string | null;
};

/** One installation's epics: those that have not ended, oldest first, then the last ones that did. */
export type Installation = {
  readonly epics: readonly KnownEpic[];
};
