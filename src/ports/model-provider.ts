import type { ModelTrouble } from "../domain/decide-trouble.ts";

// What all processes of the product share about the model provider.

/** A limit of so much per so long: the provider's by its headers, or the operator's. */
export type WindowAsked = {
  readonly name: string;
  readonly limit: number;
  readonly perMs: number;
  /** What this process would like to use up soon; less than nothing gives back. */
  readonly want: number;
  /** What the provider says is left, less what this process holds already; null when it did not say. */
  readonly remaining: number | null;
};

export interface ModelWindows {
  /** Windows that some process learned before, with their limits. */
  known(): Promise<
    readonly { readonly name: string; readonly limit: number; readonly perMs: number }[]
  >;
  /**
   * Takes a slice out of every window, all in one round trip. A window fills up again by the
   * database's clock, so what a process that died had taken comes back by itself.
   *
   * @returns what was granted, by name; at most what was wanted, perhaps nothing
   */
  lease(asked: readonly WindowAsked[]): Promise<ReadonlyMap<string, number>>;
}

export type UntoldTrouble = { readonly epicId: number; readonly trouble: ModelTrouble };

export interface ModelTroubles {
  /** A call failed for the provider's reasons. Nothing but failures for `troubleMs` is a long trouble. */
  failed(reason: string, troubleMs: number): Promise<void>;
  /** A call was answered: whatever trouble there was is over. */
  answered(): Promise<void>;
  /**
   * Whether agents may start: null when they may. During a long trouble one start per `probeMs` is
   * let through, as somebody has to find out that it is over: ask right before a start, once.
   */
  modelTrouble(probeMs?: number): Promise<ModelTrouble | null>;
  /**
   * Which open epics' people have something to hear: of a long trouble that lasts, or that one they
   * heard of is over. The oldest trouble first.
   */
  untold(): Promise<readonly UntoldTrouble[]>;
}
