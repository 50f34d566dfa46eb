import type { CellLevel } from "./cell-level.ts";
import type { ProfileStatus } from "./profile-status.ts";
import type { QuestionKind } from "./question.ts";
import type { EpicStateName } from "./states.ts";

/** What the status comment, `/ff status` and the demo's table show. */
export type EpicStatus = {
  readonly state: EpicStateName;
  readonly issueNumber: number;
  readonly branch: string;
  readonly pullRequest: number | null;
  readonly tasks: readonly {
    readonly ordinal: number;
    readonly issueNumber: number | null;
    readonly titleText: string;
    readonly state: string;
    readonly agent: string | null;
    readonly agentState: string | null;
    readonly attempts: number;
    readonly pullRequest: number | null;
    readonly mergeSha: string | null;
    readonly dependsOn: readonly number[];
  }[];
  readonly supervisor: { readonly name: string; readonly state: string } | null;
  /** What agents live with, in order of their keys. */
  readonly profiles: readonly ProfileStatus[];
  /** Of the life that was locked in least; null before the first one. */
  readonly cellLevel: CellLevel | null;
  readonly modelCalls: number;
  readonly tokensIn: number;
  readonly tokensOut: number;
  readonly spending: EpicSpending;
  /** Who waits for a place to start: agents by name, or the epic itself. */
  readonly queue: readonly {
    readonly who: string;
    readonly place: number;
    readonly of: number;
    readonly whyText: string;
  }[];
  /** What waits for a human, a sentence each; empty when nothing does. */
  readonly waitsForHuman: readonly string[];
  /** What the orchestrator decides on now; null when it does not. */
  readonly decides: QuestionKind | null;
};

/** What models cost an epic, in US dollars, and what of it was cached. */
export type EpicSpending = {
  readonly spent: number;
  readonly budget: number;
  /** What the whole epic will have cost at the present price per landed task; null before one landed. */
  readonly forecast: number | null;
  /** Of the installation, today. */
  readonly today: { readonly spent: number; readonly budget: number };
  /** Every task of the plan. */
  readonly tasks: readonly {
    readonly task: number;
    readonly spent: number;
    readonly budget: number;
  }[];
  /** By agent and model, the dearest first. */
  readonly shares: readonly SpendingShare[];
  /** The highest budget that people may set. */
  readonly most: number;
  /** The day the prices were compared with the provider's. */
  readonly pricesAsOf: string;
};

export type SpendingShare = {
  readonly agent: string;
  readonly model: string;
  readonly calls: number;
  /** Neither read from nor written to the cache. */
  readonly tokensIn: number;
  readonly tokensOut: number;
  readonly cacheRead: number;
  readonly cacheWritten: number;
  readonly cost: number;
};
