import type { LifeIdentity } from "../domain/agent.ts";
import type { CallCost } from "./rate-windows.ts";
import type { Usage } from "./usage.ts";

/** Guesses what a call will use up, from what its life's last one did. */
export type Estimator = {
  readonly of: (life: LifeIdentity, model: string, bytes: number) => CallCost;
  /** A call is over: the next one of its life repeats it, and pays for what is new. */
  readonly learn: (life: LifeIdentity, model: string, bytes: number, usage: Usage) => void;
};

const bytesPerToken = 3.5;
const fewestTokens = 50;
const firstOutput = 500;
/** Of the newest answer in the average. */
const newShare = 0.2;
const mostLives = 10_000;

export function createEstimator(): Estimator {
  const cachedBytes = new Map<string, number>();
  const outputs = new Map<string, number>();
  return {
    of: (life, model, bytes) => {
      const fresh = Math.max(0, bytes - (cachedBytes.get(nameOf(life)) ?? 0));
      const input = Math.max(fewestTokens, Math.ceil(fresh / bytesPerToken));
      return { calls: 1, input, output: Math.ceil(outputs.get(model) ?? firstOutput) };
    },
    learn: (life, model, bytes, usage) => {
      const before = outputs.get(model) ?? firstOutput;
      outputs.set(model, before + (usage.output - before) * newShare);
      const isCached = usage.cacheRead + usage.cacheWrite5m + usage.cacheWrite1h > 0;
      cachedBytes.delete(nameOf(life));
      cachedBytes.set(nameOf(life), isCached ? bytes : 0);
      const [oldest] = cachedBytes.keys();
      if (cachedBytes.size > mostLives && oldest !== undefined) cachedBytes.delete(oldest);
    },
  };
}

/** What a call did use up: the provider counts no tokens that it read from its cache. */
export function usedBy({ input, output, cacheWrite5m, cacheWrite1h }: Usage): CallCost {
  return { calls: 1, input: input + cacheWrite5m + cacheWrite1h, output };
}

function nameOf({ epicId, agent, life }: LifeIdentity): string {
  return `${epicId}/${agent}/${life}`;
}
