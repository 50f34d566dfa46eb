import { execFile } from "node:child_process";
import { promisify } from "node:util";
import { EXIT, RunnerEnd } from "../runner-end.ts";

const run = promisify(execFile);

/**
 * The oldest version whose behaviour the wrapper relies on: `--system-prompt-snapshot`,
 * `--setting-sources ""`, and hooks that are answered over its standard input.
 */
const OLDEST_CLAUDE_CODE = [2, 1, 300] as const;

/** The version the demo installs and the tests run. */
const TRIED_CLAUDE_CODE = "2.1.330";

const ADVICE =
  `install it where agents run (npm install --global @anthropic-ai/claude-code@${TRIED_CLAUDE_CODE}), ` +
  "or name its program in CLAUDE_CODE_PATH, then start the workers again; " +
  "or let these agents run on the built-in runner";

const VERSION_LIMIT_MS = 15_000;

/**
 * Asks the program for its version.
 *
 * @param program absolute; empty: none was found on the host
 * @throws {RunnerEnd} `harness`, with what to install, when it is missing or too old
 */
export async function requireClaudeCode(program: string): Promise<string> {
  if (program === "") throw missing("Claude Code is not installed here");
  const said = await run(program, ["--version"], { timeout: VERSION_LIMIT_MS }).then(
    ({ stdout }) => stdout.trim(),
    (error: unknown) => {
      throw missing(`Claude Code (${program}) cannot be run: ${reasonOf(error)}`);
    },
  );
  const version = /^(\d+)\.(\d+)\.(\d+)/.exec(said);
  if (version === null) throw missing(`${program} is not Claude Code: it says "${said}"`);
  if (!isEnough(version.slice(1).map(Number)))
    throw missing(`Claude Code ${version[0]} is too old, ${OLDEST_CLAUDE_CODE.join(".")} will do`);
  return version[0];
}

function isEnough(version: readonly number[]): boolean {
  const differs = OLDEST_CLAUDE_CODE.findIndex((part, at) => part !== version[at]);
  return differs === -1 || (version[differs] ?? 0) > (OLDEST_CLAUDE_CODE[differs] ?? 0);
}

function missing(what: string): RunnerEnd {
  return new RunnerEnd(EXIT.harness, `${what}: ${ADVICE}`);
}

function reasonOf(error: unknown): string {
  return error instanceof Error ? error.message.split("\n", 1).join() : String(error);
}
