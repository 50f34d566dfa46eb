export type Row = {
  readonly name: string;
  /** In a cell; null where the level says itself that it would not be. */
  readonly isRefused: boolean | null;
  /** Without one; null where this host cannot show it. */
  readonly works: boolean | null;
  /** Why it cannot. */
  readonly why: string | null;
};

/** The attempts, a line each, for people. */
export function tableOf(rows: readonly Row[]): string {
  const width = Math.max(...rows.map(({ name }) => name.length));
  return rows
    .map(({ name, isRefused, works, why }) => {
      const cell = isRefused === null ? "not claimed" : isRefused ? "refused" : "GOT OUT";
      const without = works === null ? `not shown: ${why}` : works ? "works" : "DID NOT WORK";
      return `${name.padEnd(width)}  in a cell: ${cell}  without: ${without}`;
    })
    .join("\n");
}

/** The figure of the run, and whether nothing falls short. */
export function figureOf(rows: readonly Row[]): {
  readonly line: string;
  readonly isWhole: boolean;
} {
  const claimed = rows.filter(({ isRefused }) => isRefused !== null);
  const refused = rows.filter(({ isRefused }) => isRefused).length;
  const shown = rows.filter(({ works }) => works !== null);
  const working = shown.filter(({ works }) => works).length;
  const line = `${refused} of ${claimed.length} attempts refused in a cell, ${working} of ${shown.length} worked without it`;
  return { line, isWhole: refused === claimed.length && working === shown.length };
}
