import { accessSync, constants, statSync } from "node:fs";
import { join } from "node:path";
import { claudeCodeVersion, findClaudeCode } from "../adapters/claude-code/find-claude-code.ts";
import { type Config, programFolders } from "../config.ts";
import { shown } from "../settings/say-mistake.ts";
import { error, type Fault } from "./fault.ts";

const install =
  "install it (npm install -g @anthropic-ai/claude-code), or name it by CLAUDE_CODE_PATH";

/** Programs that settings name, or need. */
export async function checkPrograms(config: Config): Promise<readonly Fault[]> {
  return [...checkBubblewrap(config), ...(await checkClaudeCode(config))];
}

function checkBubblewrap({ BUBBLEWRAP_PATH: program }: Config): readonly Fault[] {
  if (program === undefined || isProgram(program)) return [];
  const says = `${shown(program)} is no program; leave it out for the system's bubblewrap`;
  return [error("BUBBLEWRAP_PATH", says)];
}

async function checkClaudeCode(config: Config): Promise<readonly Fault[]> {
  const { CLAUDE_CODE_PATH: configured, DATA_DIR } = config;
  const roles = ["WORKER_HARNESS", "SUPERVISOR_HARNESS", "ORCHESTRATOR_HARNESS"] as const;
  const user = roles.find((variable) => config[variable] === "claude-code");
  if (configured === undefined && user === undefined) return [];
  const program = findClaudeCode({
    configured,
    toolsDir: join(DATA_DIR ?? "/nonexistent", "tools"),
    path: programFolders(),
  });
  if (program !== null && (await claudeCodeVersion(program)) !== null) return [];
  if (configured !== undefined) {
    const what =
      program === null
        ? "is no program that this user can run"
        : "is there, but is not Claude Code: its --version names none";
    return [error("CLAUDE_CODE_PATH", `${shown(configured)} ${what}; ${install}`)];
  }
  if (user === undefined) return [];
  const what = program === null ? "is not here" : `is not what ${program} is`;
  return [error(user, `"claude-code" is chosen, and Claude Code ${what}; ${install}`)];
}

function isProgram(file: string): boolean {
  try {
    accessSync(file, constants.X_OK);
    return statSync(file).isFile();
  } catch {
    return false;
  }
}
