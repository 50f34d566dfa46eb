import type { LifeIdentity } from "../domain/agent.ts";

/**
 * What one life may ask: a cell's own programs hold its token too. Model calls are counted for all
 * web processes together, but for those that cost nothing (counting tokens): each process counts its own.
 */
export type PerLifeLimits = {
  /** Model calls of one life, whoever in its cell makes them. */
  readonly modelCalls: number;
  /** Model calls of one life that are under way at once. */
  readonly modelCallsAtOnce: number;
  /** Bytes of requests of one life that are read and answered at once, in each web process. */
  readonly bodyBytes: number;
  /** Turns that one life may store. */
  readonly turns: number;
  /** Bytes of one stored turn, as JSON. */
  readonly turnBytes: number;
  /** What a harness may keep beside the turns of one agent. */
  readonly sessionNotes: number;
  /** Bytes of one such note, as JSON. */
  readonly sessionNoteBytes: number;
};

export const defaultPerLifeLimits: PerLifeLimits = {
  modelCalls: 2_000,
  modelCallsAtOnce: 4,
  bodyBytes: 64 * 1024 * 1024,
  turns: 5_000,
  turnBytes: 2_000_000,
  sessionNotes: 500,
  sessionNoteBytes: 65_536,
};

/** Lives that are remembered; the one that asked first is forgotten first. */
const maxLives = 10_000;

export type LifeCounts = {
  readonly of: (life: LifeIdentity) => number;
  readonly add: (life: LifeIdentity, change: 1 | -1) => void;
};

/** Counts per life in this process. */
export function createLifeCounts(): LifeCounts {
  const counts = new Map<string, number>();
  return {
    of: (life) => counts.get(nameOf(life)) ?? 0,
    add: (life, change) => {
      const name = nameOf(life);
      const count = (counts.get(name) ?? 0) + change;
      if (count <= 0) counts.delete(name);
      else counts.set(name, count);
      const [first] = counts.keys();
      if (counts.size > maxLives && first !== undefined) counts.delete(first);
    },
  };
}

function nameOf({ epicId, agent, life }: LifeIdentity): string {
  return `${epicId}/${agent}/${life}`;
}
