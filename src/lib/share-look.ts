export type SharedLook<Seen> = {
  /** Rejects as the look does; a failure is kept by nobody. */
  readonly look: () => Promise<Seen>;
  /** The next look is a new one: what was seen has changed. */
  readonly forget: () => void;
};

/**
 * Spares a costly look at something: askers share one that is under way, and its answer for a while.
 *
 * @param freshMs how long an answer is good for
 */
export function shareLook<Seen>(look: () => Promise<Seen>, freshMs: number): SharedLook<Seen> {
  let shared: { readonly seen: Promise<Seen>; staleAt: number } | null = null;
  return {
    look: async () => {
      if (shared !== null && performance.now() < shared.staleAt) return await shared.seen;
      const own = { seen: look(), staleAt: Number.POSITIVE_INFINITY };
      shared = own;
      try {
        const seen = await own.seen;
        own.staleAt = performance.now() + freshMs;
        return seen;
      } catch (error) {
        if (shared === own) shared = null;
        throw error;
      }
    },
    forget: () => {
      shared = null;
    },
  };
}
