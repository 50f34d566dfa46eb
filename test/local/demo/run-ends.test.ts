import { expect, test } from "vitest";
import { whyDiskIsFull } from "../../../src/local/demo/disk-full.ts";
import { printReport, type Report, whyFailed } from "../../../src/local/demo/report.ts";
import { temporaryFolder } from "../../support/temporary-folder.ts";

const whole: Report = {
  epic: { issue: 1, state: "COMPLETED", pullRequest: 2 },
  tasks: [],
  landedCommits: [],
  requests: { total: 0, content: 0, requests: [] },
  usage: [],
  calls: 0,
  tokens: 0,
  seconds: 1,
  modelSeconds: 0,
  weather: null,
  crashes: 0,
  level: "A",
  harnesses: [],
  violations: [],
};

function lastLine(report: Report, problem: string | null): string | undefined {
  const lines: string[] = [];
  printReport(report, problem, { say: (line) => lines.push(line), show: () => {} });
  return lines.at(-1);
}

test("why a demo failed is its last line, and a whole one ends with its invariants (L1)", () => {
  const failed = { ...whole, epic: { ...whole.epic, state: "FAILED" } };
  const broken = { ...whole, violations: [{ invariant: 3, what: "lost", detail: null }] };

  expect(whyFailed(whole, null)).toBeNull();
  expect(lastLine(whole, null)).toBe("All invariants hold.");
  expect(lastLine(failed, whyFailed(failed, null))).toBe(
    "The demo failed: The epic ended as FAILED.",
  );
  expect(lastLine(broken, whyFailed(broken, null))).toBe(
    "The demo failed: 1 invariants are broken.",
  );
  expect(whyFailed(failed, "Not over after 5 s")).toBe("Not over after 5 s");
});

test("a full disk is told by what was said of it, also by who cleaned up behind itself (L1)", () => {
  const folder = temporaryFolder();
  const initdb = new Error("Command failed: initdb\nFATAL: No space left on device");

  expect(whyDiskIsFull(folder, new Error("PostgreSQL did not start", { cause: initdb }))).toBe(
    `The disk of ${folder} is full: free space on it, or name a folder elsewhere with --data.`,
  );
  expect(whyDiskIsFull(folder, new Error("ENOSPC: no space left on device, write"))).not.toBeNull();
  expect(whyDiskIsFull(folder, new Error("something else"))).toBeNull();
});
