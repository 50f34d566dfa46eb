/** The same work, of which the next run begins when the one before has ended, well or not. */
export function inTurn(work: () => Promise<void>): () => Promise<void> {
  let last: Promise<unknown> = Promise.resolve();
  return () => {
    const turn = last.then(work);
    // Whoever asked for that turn hears of its failure; here it only has to be over.
    last = turn.catch(() => null);
    return turn;
  };
}
