import type { RequestSummary } from "../github/control-client.ts";
import type { Violation } from "./check-world.ts";
import { describeHarnesses, type LivedIn } from "./harness-versions.ts";
import { describeWeather, type ModelWeather } from "./model-weather.ts";
import type { Progress, RoleUsage } from "./progress.ts";
import type { Screen } from "./screen.ts";

export type Report = {
  readonly epic: {
    readonly issue: number;
    readonly state: string;
    readonly pullRequest: number | null;
  };
  readonly tasks: Progress["tasks"];
  readonly landedCommits: readonly string[];
  readonly requests: RequestSummary;
  readonly usage: readonly RoleUsage[];
  readonly calls: number;
  readonly tokens: number;
  readonly seconds: number;
  readonly modelSeconds: number;
  /** null in good weather. */
  readonly weather: ModelWeather | null;
  /** Lives that ended without having been asked to, and had to be followed by another. */
  readonly crashes: number;
  /** How firmly agents were locked in: A, B, C or none; null where there was none. */
  readonly level: string | null;
  /** What agents lived in, with its version. */
  readonly harnesses: readonly LivedIn[];
  readonly violations: readonly Violation[];
};

export function buildReport(facts: {
  readonly progress: Progress;
  readonly issue: number;
  readonly violations: readonly Violation[];
  readonly requests: RequestSummary;
  readonly usage: readonly RoleUsage[];
  readonly seconds: number;
  readonly weather: ModelWeather | null;
  readonly crashes: number;
  readonly level: string | null;
  readonly harnesses: readonly LivedIn[];
}): Report {
  const { progress, issue, requests, usage, ...rest } = facts;
  const sum = (of: (role: RoleUsage) => number) => usage.reduce((total, one) => total + of(one), 0);
  return {
    epic: { issue, state: progress.state, pullRequest: progress.pullRequest },
    tasks: progress.tasks,
    landedCommits: progress.tasks.flatMap(({ mergeSha }) => (mergeSha === null ? [] : [mergeSha])),
    requests,
    usage,
    calls: sum((role) => role.calls),
    tokens: sum((role) => role.tokensIn + role.tokensOut),
    modelSeconds: sum((role) => role.seconds),
    ...rest,
  };
}

/**
 * What keeps a run from being as it should, in a sentence; null when nothing does.
 *
 * @param problem what was found apart from the report
 */
export function whyFailed({ epic, violations }: Report, problem: string | null): string | null {
  if (problem !== null) return problem;
  if (epic.state !== "COMPLETED") return `The epic ended as ${epic.state}.`;
  return violations.length === 0 ? null : `${violations.length} invariants are broken.`;
}

/** What happened, for people; why it is not as it should be comes last. */
export function printReport(report: Report, problem: string | null, { say }: Screen): void {
  const { epic, tasks, requests, usage, violations } = report;
  say("");
  say(`Epic #${epic.issue} is ${epic.state}.`);
  for (const task of tasks)
    say(
      `  #${task.issue ?? "?"} ${task.title}: ${task.state}${task.mergeSha ? `, landed as ${task.mergeSha.slice(0, 12)}` : ""}`,
    );
  say(
    `${report.seconds.toFixed(1)} s in all, ${report.modelSeconds.toFixed(1)} s of the model; ${requests.total} requests to GitHub, ${requests.content} of them creating content:`,
  );
  for (const line of requestLines(requests)) say(`  ${line}`);
  for (const role of usage)
    say(
      `  ${role.role}: ${role.calls} model calls, ${role.tokensIn} tokens in, ${role.tokensOut} out`,
    );
  say(describeHarnesses(report.harnesses));
  say(
    report.level === "none"
      ? "Agents ran WITHOUT CELLS, as ordinary programs of this host (UNSAFE_NO_SANDBOX)."
      : `Agents ran in cells of level ${report.level ?? "unknown"}.`,
  );
  if (report.weather !== null) say(describeWeather(report.weather));
  say(violations.length === 0 ? "All invariants hold." : `${violations.length} invariants broken:`);
  for (const { invariant, what, detail } of violations)
    say(`  ${invariant}. ${what} ${JSON.stringify(detail)}`);
  if (problem !== null) say(`The demo failed: ${problem}`);
}

const mostKinds = 12;

function requestLines({ requests }: RequestSummary): readonly string[] {
  const ordered = [...requests].sort((one, other) => other.count - one.count);
  const shown = ordered
    .slice(0, mostKinds)
    .map((one) => `${one.count} × ${one.method} ${one.name}`);
  const rest = ordered.slice(mostKinds).reduce((sum, one) => sum + one.count, 0);
  return rest > 0 ? [...shown, `${rest} × others`] : shown;
}
