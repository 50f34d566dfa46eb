import type { LifeIdentity } from "../domain/agent.ts";
import type { Store } from "../ports/store.ts";
import { createLifeCounts } from "./per-life.ts";

/** Keeps the health of lives informed of their model requests (R1). */
export type ModelProgress = {
  /** For so long a request that is not over counts as progress. */
  readonly busyForMs: number;
  /** @returns says that the request is over */
  readonly begin: (life: LifeIdentity) => () => Promise<void>;
};

export function createModelProgress(
  health: Pick<Store["health"], "modelEnded">,
  busyForMs: number,
): ModelProgress {
  const open = createLifeCounts();
  return {
    busyForMs,
    begin: (life) => {
      open.add(life, 1);
      return async () => {
        open.add(life, -1);
        await health.modelEnded(life, open.of(life) === 0);
      };
    },
  };
}
