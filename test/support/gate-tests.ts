import { existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { z } from "zod";
import { runForeground } from "../../src/local/embedded/run-foreground.ts";
import { readTotals } from "./validation-totals.ts";

const report = z.object({
  numPassedTests: z.int(),
  numFailedTests: z.int(),
  numFailedTestSuites: z.int(),
  success: z.boolean(),
});

/**
 * Runs vitest and prints the numbers of the run.
 *
 * @param args for vitest; none runs every test
 * @returns whether something ran and all of it passed
 */
export async function runTests(args: readonly string[]): Promise<boolean> {
  const folder = mkdtempSync(join(tmpdir(), "factory-gate-"));
  try {
    return await runIn(folder, args);
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

async function runIn(folder: string, args: readonly string[]): Promise<boolean> {
  const reportFile = join(folder, "report.json");
  const validationDir = join(folder, "validation");
  mkdirSync(validationDir);
  const reporters = ["--reporter=default", "--reporter=json", `--outputFile.json=${reportFile}`];
  const code = await runVitest([...reporters, ...args], validationDir);
  if (!existsSync(reportFile)) {
    console.log("vitest ended without a report");
    return false;
  }
  const result = report.parse(JSON.parse(readFileSync(reportFile, "utf8")));
  const passed = result.numPassedTests;
  // A file that cannot be loaded has failed, and has no tests to count.
  const failed = result.numFailedTests || Math.min(1, result.numFailedTestSuites);
  writeTotals(passed, failed);
  const { responses, webhooks } = readTotals(validationDir);
  // The stand-ins are only as good as the descriptions they were held against.
  const isUnproven = args.length === 0 && (responses === 0 || webhooks === 0);
  if (passed + failed === 0) console.log(`no test matched: ${args.join(" ")}`);
  if (isUnproven) console.log("the stand-ins' answers were not validated in this run");
  console.log(
    `tests ${passed + failed} · responses validated ${responses} · webhooks validated ${webhooks}`,
  );
  return code === 0 && result.success && passed > 0 && failed === 0 && !isUnproven;
}

async function runVitest(args: readonly string[], validationDir: string): Promise<number> {
  const env = { ...process.env, FF_VALIDATION_DIR: validationDir };
  return await runForeground({ program: "vitest", args: ["run", ...args], env });
}

// For .ci/run, whose last line counts the tests.
function writeTotals(passed: number, failed: number): void {
  const file = process.env.FF_TOTALS_FILE;
  if (file) writeFileSync(file, `${passed} ${failed}\n`);
}
