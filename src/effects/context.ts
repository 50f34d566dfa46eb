import type { EffectFact, EffectResult } from "../domain/effect-fact.ts";
import type { EpicView } from "../domain/epic-view.ts";
import { markerOf } from "../domain/marker.ts";
import type { Task } from "../domain/task.ts";
import type { Git } from "../ports/git.ts";
import type { GitHub, Intent } from "../ports/git-hub.ts";

export type GitHubEffectLimits = {
  /** How long GitHub gets to mark a landed pull request merged before we close it (Q12). */
  readonly settleAfterMs: number;
};

export const defaultGitHubEffectLimits: GitHubEffectLimits = { settleAfterMs: 60_000 };

/** What performing an effect on GitHub needs to know and to reach. */
export type EffectContext = {
  /** Read just now: numbers and commits in it are what the effect's references resolve to. */
  readonly view: EpicView;
  /** Unique to the effect: the hidden marker by which a repetition finds its first try. */
  readonly outboxKey: string;
  /** When this effect was first tried (ISO 8601, database time); null on the first try. */
  readonly triedSince: string | null;
  /** The database's time now (ISO 8601). */
  readonly now: string;
  readonly github: GitHub;
  readonly git: Git;
  readonly limits: GitHubEffectLimits;
  /** Whether agents of this host run without cells: people are told at once. Default: no. */
  readonly isWithoutCells?: boolean;
};

export function intentOf({ outboxKey, triedSince }: EffectContext): Intent {
  return { marker: markerOf(outboxKey), triedSince };
}

/** The task an effect is about. One that is not in the view is a mistake of ours. */
export function taskIn({ view }: EffectContext, ordinal: number): Task {
  const task = view.tasks.find((candidate) => candidate.ordinal === ordinal);
  if (!task) throw new Error(`Epic ${view.epic.id} has no task ${ordinal}.`);
  return task;
}

export function done(...facts: readonly EffectFact[]): EffectResult {
  return { kind: "done", facts };
}

export function notYet(reason: string): EffectResult {
  return { kind: "notYet", reason };
}

export function refused(reason: string): EffectResult {
  return { kind: "refused", reason };
}
