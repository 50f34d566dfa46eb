import type { Facts } from "./facts.ts";

/** Something that must never be true, and is. `invariant` is its number in the architecture. */
export type Violation = {
  readonly invariant: number;
  readonly what: string;
  readonly detail: object;
};

/** Says of one thing whether it is as it must be; what is not becomes a violation. */
export type Hold = (holds: boolean, what: string, detail: object) => void;

/** One invariant. A judge reads facts and changes nothing. */
export type Judge = {
  readonly invariant: number;
  /** What it holds, in a sentence. */
  readonly claim: string;
  readonly judge: (facts: Facts, hold: Hold) => void | Promise<void>;
};
