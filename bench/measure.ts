import type { Figure } from "./figure.ts";

export type BenchRun = {
  readonly quick: boolean;
  readonly say: (line: string) => void;
  /** Removed at the end of the whole run. */
  readonly folder: string;
};

/** What measures one or more figures. Whatever it finds wrong on the way it throws: no figure then. */
export type Measure = {
  readonly ids: readonly string[];
  readonly what: string;
  /** It counts, and takes no times: it runs beside others like it when the rest is measured. */
  readonly counts?: true;
  readonly run: (run: BenchRun) => Promise<readonly Figure[]>;
};

/** @throws {Error} unless a run's own result is right: a wrong one has no speed */
export function guard(holds: boolean, what: string): void {
  if (!holds) throw new Error(`guard failed: ${what}`);
}
