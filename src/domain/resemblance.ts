import type { Task } from "./task.ts";

/** At or above this score (0 none, 1 the same words) two tasks count as the same (L7). */
export const resemblanceLimit = 0.8;

type Words = { readonly title: string; readonly description: string };

/** The most similar open task, when it is too similar; null otherwise. */
export function resembling(
  tasks: readonly Task[],
  wanted: Words,
): { readonly ordinal: number; readonly title: string; readonly score: number } | null {
  const scored = tasks
    .filter((task) => task.state !== "CANCELLED" && task.state !== "FAILED")
    .map((task) => ({ ordinal: task.ordinal, title: task.title, score: likeness(task, wanted) }));
  const best = scored.sort((one, other) => other.score - one.score)[0];
  return best && best.score >= resemblanceLimit ? best : null;
}

/** Share of common words, 0 to 1; the title counts as much as the whole description. */
export function likeness(one: Words, other: Words): number {
  const titles = overlap(one.title, other.title);
  if (titles === 1) return 1;
  return (titles + overlap(one.description, other.description)) / 2;
}

function overlap(one: string, other: string): number {
  const first = wordsOf(one);
  const second = wordsOf(other);
  const common = [...first].filter((word) => second.has(word)).length;
  const all = new Set([...first, ...second]).size;
  return all === 0 ? 0 : common / all;
}

function wordsOf(text: string): ReadonlySet<string> {
  return new Set(
    text
      .normalize("NFKC")
      .toLowerCase()
      .match(/[\p{L}\p{N}]+/gu) ?? [],
  );
}
