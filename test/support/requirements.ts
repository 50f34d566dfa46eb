import { readFileSync } from "node:fs";
import { join } from "node:path";
import { REPOSITORY } from "./sources.ts";

/** Every requirement there is: the page cannot forget one, or make one up. */
export const REQUIREMENT_IDS: readonly string[] = [
  ...["L1", "L2", "L3", "L4", "L5", "L5a", "L6", "L7", "L8", "L8a", "L9", "L9a", "L9b", "L9c"],
  ...["L10", "L11", "L12", "L12a", "L13"],
  ...numbered("A", 12),
  ...numbered("G", 6),
  ...[
    "Q1",
    "Q2",
    "Q2a",
    "Q3",
    "Q3a",
    "Q3b",
    "Q4",
    "Q5",
    "Q6",
    "Q7",
    "Q8",
    "Q9",
    "Q10",
    "Q11",
    "Q12",
  ],
  ...numbered("R", 12),
  ...["H1", "H2", "H3", "H4", "H5", "H6", "H7", "H8", "H9", "H9a", "H9b", "H9c", "H10"],
  ...["S1", "S2", "S2a", "S3", "S4", "S5", "S6", "S7", "S8", "S9", "S10", "S11", "S12", "S13"],
  ...numbered("O", 10),
  ...numbered("D", 3),
  ...numbered("T", 4),
];

export type Requirement = {
  readonly id: string;
  readonly what: string;
  readonly state: string;
};

/** The rows of docs/REQUIREMENTS.md, in their order. */
export function readRequirements(): readonly Requirement[] {
  const page = readFileSync(join(REPOSITORY, "docs/REQUIREMENTS.md"), "utf8");
  return [...page.matchAll(/^\| ([A-Z]\d+[a-z]?) \| (.+) \| ([^|]+) \|$/gm)].map((row) => ({
    id: row[1] ?? "",
    what: row[2] ?? "",
    state: row[3] ?? "",
  }));
}

/**
 * The ids a test's name says it proves, in its brackets: `… starts nothing (L1, S1)`.
 */
export function idsIn(testName: string): readonly string[] {
  const brackets = [...testName.matchAll(/\(([^()]*)\)/g)].map(([, inside = ""]) => inside);
  return brackets.flatMap((inside) => inside.match(/\b[A-Z]\d+[a-z]?\b/g) ?? []);
}

function numbered(letter: string, last: number): readonly string[] {
  return Array.from({ length: last }, (_, index) => `${letter}${index + 1}`);
}
