import type { CellLevel } from "../domain/cell-level.ts";

const words: Readonly<Record<CellLevel, string>> = {
  A: "Cells: level A, an own user each and control groups.",
  B: "Cells: level B, an own user each, without control groups.",
  C: "Cells: level C, namespaces, all of one user.",
  none: "**No cells: agents ran as any program of the host.**",
};

/** How firmly an epic's agents are locked in, a sentence; empty before the first one. */
export function sayCells(level: CellLevel | null): string {
  return level === null ? "" : words[level];
}
