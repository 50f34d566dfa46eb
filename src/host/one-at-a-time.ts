let last: Promise<unknown> = Promise.resolve();

/** Starts of one process that measure what is left of its host: each sees what the one before took. */
export function oneAtATime<Result>(work: () => Promise<Result>): Promise<Result> {
  const turn = last.then(work);
  // Whoever asked for that turn hears of its failure; here it only has to be over.
  last = turn.catch(() => null);
  return turn;
}
