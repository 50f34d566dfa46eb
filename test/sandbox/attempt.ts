import type { Victim } from "./victim.ts";

/** One way out of a cell, or into somebody's secrets, tried for real. */
export type Attempt = {
  readonly name: string;
  /**
   * Lines of sh that an agent would run. They print the canary or BROKE where they get what they
   * are after; variables: WORKTREE, GITDIR (git's folder as the agent has it), MARKER (a file whose
   * being there is a success).
   */
  readonly code: (victim: Victim) => string;
  /** What the host does afterwards, as the product does it, or as a careless one would. */
  readonly after?: (victim: Victim, place: Place) => Promise<void>;
  /** What the host does meanwhile. */
  readonly meanwhile?: (victim: Victim, place: Place, isOver: () => boolean) => Promise<void>;
  /** Where the output cannot tell: whether it got what it was after. */
  readonly proof?: (victim: Victim, place: Place) => Promise<boolean>;
  /** What this host must have for the attempt to mean anything; else it does not count. */
  readonly needs?: (victim: Victim) => string | null;
  /** Names what a host must have for its cells to refuse this, as the level's reasons name it. */
  readonly claimedWith?: string;
  /** The attempt is about rights that root has anyway: without the cell somebody else makes it. */
  readonly asNobody?: boolean;
  readonly inTerminal?: boolean;
  readonly limitMs?: number;
};

/** Where an attempt is made: in a cell, or as any program of the host. */
export type Place = {
  readonly isCell: boolean;
  readonly worktree: string;
  readonly gitDir: string;
  readonly marker: string;
};
