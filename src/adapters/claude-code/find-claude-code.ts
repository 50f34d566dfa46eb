import { execFile } from "node:child_process";
import { accessSync, constants, realpathSync, statSync } from "node:fs";
import { delimiter, join } from "node:path";
import { promisify } from "node:util";

const run = promisify(execFile);
const versionLimitMs = 15_000;

export type WhereToLook = {
  /** What the operator named; nothing else is tried then. */
  readonly configured: string | undefined;
  /** The product's own programs, below its data folder. */
  readonly toolsDir: string;
  /** As in the environment. */
  readonly path: string;
};

/**
 * Finds Claude Code's program on this host.
 *
 * @returns its real path, so that one file can be shown to a cell; null when it is not there
 */
export function findClaudeCode({ configured, toolsDir, path }: WhereToLook): string | null {
  const folders = path.split(delimiter).filter((folder) => folder !== "");
  const candidates =
    configured === undefined
      ? [toolsDir, ...folders].map((folder) => join(folder, "claude"))
      : [configured];
  const found = candidates.find(isProgram);
  return found === undefined ? null : realpathSync(found);
}

/**
 * What the program says its version is, for logs and the doctor; the harness checks it again where
 * it is to run.
 *
 * @param program as `findClaudeCode` found it
 * @returns `2.1.330`; null when it cannot be run or says something else
 */
export async function claudeCodeVersion(program: string): Promise<string | null> {
  const said = await run(program, ["--version"], { timeout: versionLimitMs }).then(
    ({ stdout }) => stdout,
    () => "",
  );
  return /^(\d+\.\d+\.\d+)\b/.exec(said.trim())?.[1] ?? null;
}

function isProgram(file: string): boolean {
  try {
    accessSync(file, constants.X_OK);
    return statSync(file).isFile();
  } catch {
    return false;
  }
}
