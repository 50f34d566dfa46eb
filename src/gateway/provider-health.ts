import type { ModelTroubles } from "../ports/model-provider.ts";

/** Tells the database whether the provider answers, seldom enough to cost nothing. */
export type ProviderHealth = {
  readonly answered: () => void;
  readonly failed: (reason: string) => void;
};

export type HealthPorts = {
  readonly troubles: Pick<ModelTroubles, "answered" | "failed">;
  readonly troubleMs: number;
  readonly nowMs: () => number;
  /** The database could not be told: the next call tells it again. */
  readonly onUntold: (error: unknown) => void;
};

/** Often enough for every time of failures to be seen as one. */
const longestSilenceMs = 1_000;
const silencePart = 1 / 4;
/** Another process may have met a failure that this one knows nothing of. */
const answersEveryMs = 5_000;

export function createProviderHealth(ports: HealthPorts): ProviderHealth {
  const { troubles, troubleMs, nowMs, onUntold } = ports;
  let failedMs = Number.NEGATIVE_INFINITY;
  let answeredMs = Number.NEGATIVE_INFINITY;
  return {
    answered: () => {
      const isNews = failedMs > answeredMs || nowMs() - answeredMs >= answersEveryMs;
      if (!isNews) return;
      answeredMs = nowMs();
      failedMs = Number.NEGATIVE_INFINITY;
      troubles.answered().catch(onUntold);
    },
    failed: (reason) => {
      if (nowMs() - failedMs < Math.min(longestSilenceMs, troubleMs * silencePart)) return;
      failedMs = nowMs();
      troubles.failed(reason, troubleMs).catch(onUntold);
    },
  };
}
