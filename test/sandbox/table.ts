export type Row = {
  readonly name: string;
  /** In a cell. */
  readonly isRefused: boolean;
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
      const cell = isRefused ? "refused" : "GOT OUT";
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
  const refused = rows.filter(({ isRefused }) => isRefused).length;
  const shown = rows.filter(({ works }) => works !== null);
  const working = shown.filter(({ works }) => works).length;
  const line = `${refused} of ${rows.length} attempts refused in a cell, ${working} of ${shown.length} worked without it`;
  return { line, isWhole: refused === rows.length && working === shown.length };
}
