/** Exit codes of the runner; the product tells a crash from an end by them. */
export const EXIT = {
  /** It was told to sleep or to stop. */
  asked: 0,
  bug: 1,
  /** It could not begin, or was refused something it cannot do without. */
  refused: 2,
  /** Another life took over, or this one's token is dead. */
  fenced: 3,
  /** The outside failed for longer than a life waits. */
  weather: 4,
  /** The conversation reached its limit of turns. */
  turns: 5,
  /** The model repeated itself, though told. */
  loop: 6,
  /** The harness's own program is missing or too old. */
  harness: 7,
} as const;

/** Ends the life, with the line a person reads last. */
export class RunnerEnd extends Error {
  override readonly name = "RunnerEnd";
  readonly exitCode: number;

  constructor(exitCode: number, lastLine: string, cause?: unknown) {
    super(lastLine, cause === undefined ? undefined : { cause });
    this.exitCode = exitCode;
  }
}
