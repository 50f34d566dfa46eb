/** An expected "no": told to the asker, never retried, never an alarm. */
export type Refusal = {
  /** A short constant word, for logs and metrics: `wrong-state`, `not-permitted` … */
  readonly refused: string;
  /** One sentence: what was wrong, and what to do instead. */
  readonly detail: string;
};

/** Tells a refusal from what was asked for. */
export function isRefusal(value: object): value is Refusal {
  return "refused" in value;
}
