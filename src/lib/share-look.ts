/**
 * Spares a costly look at something: askers share one that is under way, and its answer for a while.
 *
 * @param look its failure is told to those who share it, and kept by nobody
 * @param freshMs how long an answer is good for
 */
export function shareLook<Seen>(look: () => Promise<Seen>, freshMs: number): () => Promise<Seen> {
  let shared: Promise<Seen> | null = null;
  let staleAt = 0;
  return async () => {
    if (shared !== null && performance.now() < staleAt) return await shared;
    staleAt = Number.POSITIVE_INFINITY;
    const own = look();
    shared = own;
    try {
      const seen = await own;
      staleAt = performance.now() + freshMs;
      return seen;
    } catch (error) {
      shared = null;
      throw error;
    }
  };
}
