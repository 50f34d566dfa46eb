/** How an agent is given another life, and when it is given none any more. */
export type RestartRules = {
  /** Crashes after which an agent has failed (R2). */
  readonly maxCrashes: number;
  /** Crashes in a row, each soon after its start, after which it has failed (R3). */
  readonly maxFastCrashes: number;
  /** A life that crashes at a younger age crashed soon after its start. */
  readonly fastCrashMs: number;
  /** The wait before the first restart after a crash; it doubles with every crash. */
  readonly waitMs: number;
  readonly longestWaitMs: number;
  /** The same after a life that gave up because of the outside: no crash, so never the end. */
  readonly weatherWaitMs: number;
  readonly longestWeatherWaitMs: number;
  /** Such lives in a row after which people are told (G3). */
  readonly tellWeatherAfter: number;
  /** Such lives in a row after which the orchestrator is asked whether the epic goes on (A12). */
  readonly incidentAfter: number;
  /** Tasks whose workers crashed for good for the same reason, after which it is asked, too. */
  readonly incidentTasks: number;
};

/** As the settings are where nobody set them. */
export const defaultRestartRules: RestartRules = {
  maxCrashes: 5,
  maxFastCrashes: 3,
  fastCrashMs: 60_000,
  waitMs: 1_000,
  longestWaitMs: 60_000,
  weatherWaitMs: 60_000,
  longestWeatherWaitMs: 600_000,
  tellWeatherAfter: 4,
  incidentAfter: 8,
  incidentTasks: 2,
};

/**
 * The wait before the restart after a crash.
 *
 * @param crashes how many there were, the last one included
 */
export function restartWaitMs(crashes: number, { waitMs, longestWaitMs }: RestartRules): number {
  return doubled(waitMs, crashes - 1, longestWaitMs);
}

/** A life that gave up because of the outside. */
type GivenUp = {
  /** How many lives in a row had done so before it. */
  readonly before: number;
  /** For how long the provider's limits hold its agent, if they do. */
  readonly heldForMs: number | null;
};

/**
 * The wait before the next life. A time to come back that was named is kept, within the longest wait;
 * where it proves wrong again and again the wait grows all the same.
 */
export function weatherWaitMs({ before, heldForMs }: GivenUp, rules: RestartRules): number {
  const { weatherWaitMs: firstMs, longestWeatherWaitMs: longestMs, waitMs } = rules;
  if (heldForMs === null) return doubled(firstMs, before, longestMs);
  return Math.min(longestMs, Math.max(heldForMs, doubled(waitMs, before, longestMs)));
}

function doubled(firstMs: number, times: number, longestMs: number): number {
  return Math.min(longestMs, firstMs * 2 ** Math.max(0, times));
}
