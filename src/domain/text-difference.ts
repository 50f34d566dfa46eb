/** Above this the common lines in the middle are not searched for: all of it counts as rewritten. */
const maxCells = 4_000_000;

/**
 * How one text became another, line by line: lines that went begin with `- `, lines that came with
 * `+ `. Lines that stayed are left out.
 *
 * @returns an empty text when nothing differs
 */
export function textDifference(before: string, after: string): string {
  const old = linesOf(before);
  const now = linesOf(after);
  const head = commonStart(old, now);
  const tail = commonStart(old.slice(head).reverse(), now.slice(head).reverse());
  const removed = old.slice(head, old.length - tail);
  const added = now.slice(head, now.length - tail);
  return (
    removed.length * added.length > maxCells
      ? [...removed.map((line) => `- ${line}`), ...added.map((line) => `+ ${line}`)]
      : changesBetween(removed, added)
  ).join("\n");
}

function linesOf(text: string): readonly string[] {
  return text === "" ? [] : text.split(/\r\n|\r|\n/);
}

function commonStart(one: readonly string[], other: readonly string[]): number {
  const length = Math.min(one.length, other.length);
  let same = 0;
  while (same < length && one[same] === other[same]) same += 1;
  return same;
}

/** By the longest common subsequence. */
function changesBetween(removed: readonly string[], added: readonly string[]): readonly string[] {
  const longest = longestCommon(removed, added);
  const width = added.length + 1;
  const at = (row: number, column: number): number => longest[row * width + column] ?? 0;
  const changes: string[] = [];
  let row = 0;
  let column = 0;
  while (row < removed.length || column < added.length) {
    const isSame = row < removed.length && removed[row] === added[column];
    if (isSame && column < added.length) {
      row += 1;
      column += 1;
    } else if (row < removed.length && at(row + 1, column) >= at(row, column + 1)) {
      changes.push(`- ${removed[row]}`);
      row += 1;
    } else if (column < added.length) {
      changes.push(`+ ${added[column]}`);
      column += 1;
    } else {
      changes.push(`- ${removed[row]}`);
      row += 1;
    }
  }
  return changes;
}

/** Cell (row, column) holds what the rest of both has in common from there. */
function longestCommon(removed: readonly string[], added: readonly string[]): Uint32Array {
  const width = added.length + 1;
  const cells = new Uint32Array((removed.length + 1) * width);
  for (let row = removed.length - 1; row >= 0; row -= 1)
    for (let column = added.length - 1; column >= 0; column -= 1)
      cells[row * width + column] =
        removed[row] === added[column]
          ? (cells[(row + 1) * width + column + 1] ?? 0) + 1
          : Math.max(cells[(row + 1) * width + column] ?? 0, cells[row * width + column + 1] ?? 0);
  return cells;
}
