import type { CellLevel } from "../domain/cell-level.ts";

/** What it means that agents run without cells, and how that ends: one sentence, for whoever reads. */
export const noCellsBanner =
  "**No cells: the agents and tests of this epic run as ordinary programs of their host, which can read and change whatever its user can, the product's own secrets included, and reach any network; it ends when whoever operates FactoryFactory mends what `npm run doctor` says of cells, or takes `UNSAFE_NO_SANDBOX` away.**";

const words: Readonly<Record<Exclude<CellLevel, "none">, string>> = {
  A: "Cells: level A, an own user each and control groups.",
  B: "Cells: level B, an own user each, without control groups.",
  C: "Cells: level C, namespaces, all of one user.",
};

/** How firmly an epic's agents are locked in, a sentence; empty before the first one. */
export function sayCells(level: CellLevel | null): string {
  return level === null || level === "none" ? "" : words[level];
}

/** Stands above everything else where agents are not locked in at all; empty elsewhere. */
export function warnOfNoCells(level: CellLevel | null): string {
  return level === "none" ? noCellsBanner : "";
}
