import { execFile } from "node:child_process";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { promisify } from "node:util";
import { z } from "zod";

const run = promisify(execFile);
const limitMs = 15_000;
const manifest = join(import.meta.dirname, "../../../package.json");

/** What agents lived in, and how many of them. */
export type LivedIn = {
  readonly harness: string;
  /** The product's own for its own runner; null where the program does not say. */
  readonly version: string | null;
  readonly agents: number;
};

/**
 * Gives each harness its version.
 *
 * @param lived as the product wrote it down
 * @param claudeCode the program that it was told to take; null for none
 */
export async function withVersions(
  lived: readonly Omit<LivedIn, "version">[],
  claudeCode: string | null,
): Promise<readonly LivedIn[]> {
  return await Promise.all(
    lived.map(async ({ harness, agents }) => ({
      harness,
      version: harness === "runner" ? productVersion() : await versionOf(claudeCode),
      agents,
    })),
  );
}

function productVersion(): string {
  return z.object({ version: z.string() }).parse(JSON.parse(readFileSync(manifest, "utf8")))
    .version;
}

async function versionOf(program: string | null): Promise<string | null> {
  if (program === null) return null;
  const said = await run(program, ["--version"], { timeout: limitMs }).then(
    ({ stdout }) => stdout,
    () => "",
  );
  return /\d+\.\d+\.\d+/.exec(said)?.[0] ?? null;
}

/** One line for people. */
export function describeHarnesses(harnesses: readonly LivedIn[]): string {
  if (harnesses.length === 0) return "No agent was started.";
  const all = harnesses.map(({ harness, version, agents }) => {
    const name = harness === "claude-code" ? "Claude Code" : "the built-in runner";
    return `${agents} in ${name} ${version ?? "of an unknown version"}`;
  });
  return `Agents: ${all.join(", ")}.`;
}
