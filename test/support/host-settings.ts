import { defaultRestartRules } from "../../src/domain/restarts.ts";

/** Limits of a host that no test comes near; a test that does sets its own. */
export const roomyHost = {
  restarts: defaultRestartRules,
  health: { mailMs: 120_000, restartMs: 120_000, toolBusyMs: 300_000, gapMs: 15_000 },
  places: { workers: 100, supervisors: 100, sharePercent: 100 },
  room: {
    memoryBudgetBytes: Number.MAX_SAFE_INTEGER,
    lifeMemoryBytes: 1,
    minDiskFreeBytes: 1,
    maxSessions: 100,
    quietMs: 60_000,
  },
  queueLookMs: 50,
} as const;

/** More epics at once than any test has. */
export const roomyEpics = { maxEpics: 100, maxInReview: 100, sharePercent: 100 } as const;
