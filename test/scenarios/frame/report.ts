import type { Expectation } from "./scene.ts";

/** What came of a scenario. */
export type Report = {
  readonly name: string;
  /** The last line; empty when it was not told to its end. */
  readonly figure: string;
  readonly seconds: number;
  readonly steps: readonly string[];
  readonly expectations: readonly Expectation[];
  /** What went wrong besides: a limit, a service, an invariant. */
  readonly problems: readonly string[];
};

/** True when all was as expected. */
export function isWhole({ expectations, problems }: Report): boolean {
  return problems.length === 0 && expectations.every(({ isMet }) => isMet);
}

/** The line a run ends with. */
export function lastLine(report: Report): string {
  const short = report.expectations.filter(({ isMet }) => !isMet).length;
  if (isWhole(report)) return `${report.name}: ${report.figure}`;
  return `${report.name} fell short: ${short} of ${report.expectations.length} expectations, ${report.problems.length} problems`;
}

/** The report as Markdown. */
export function renderReport(report: Report): string {
  const { name, seconds, steps, expectations, problems } = report;
  return [
    `# Scenario ${name}: ${isWhole(report) ? "as it should be" : "fell short"}`,
    `${lastLine(report)} (${seconds.toFixed(1)} s)`,
    table(expectations),
    problems.length === 0 ? "" : `## Problems\n\n${bullets(problems)}`,
    `## Steps\n\n${bullets(steps)}`,
  ]
    .filter((part) => part !== "")
    .join("\n\n")
    .concat("\n");
}

function table(expectations: readonly Expectation[]): string {
  const rows = expectations.map(
    ({ what, seen, wanted, isMet }) =>
      `| ${isMet ? "yes" : "**no**"} | ${cell(what)} | ${cell(seen)} | ${cell(wanted)} |`,
  );
  return ["| met | what | seen | expected |", "|---|---|---|---|", ...rows].join("\n");
}

function cell(text: string): string {
  return text.replaceAll("|", "\\|").replaceAll("\n", " ");
}

function bullets(lines: readonly string[]): string {
  return lines.map((line) => `- ${line}`).join("\n");
}
