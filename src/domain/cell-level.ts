/**
 * How firmly an agent is locked in, best first. A: own user and control groups; B: own user;
 * C: namespaces, as the product's user; none: as any process of that user.
 */
export const cellLevels = ["A", "B", "C", "none"] as const;

export type CellLevel = (typeof cellLevels)[number];

/** Whether a level is at least as good as another one. */
export function isAtLeast(level: CellLevel, least: CellLevel): boolean {
  return cellLevels.indexOf(level) <= cellLevels.indexOf(least);
}

/** The level of the one that is locked in least; null for nobody. */
export function weakestLevel(levels: readonly CellLevel[]): CellLevel | null {
  return cellLevels.findLast((level) => levels.includes(level)) ?? null;
}
