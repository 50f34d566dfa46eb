import { execFile } from "node:child_process";
import { join } from "node:path";
import { promisify } from "node:util";
import { claudeCodeVersion, findClaudeCode } from "../adapters/claude-code/find-claude-code.ts";
import { readHostLayout } from "../adapters/sandbox/host-layout.ts";
import { type Config, programFolders } from "../config.ts";
import { type Finding, ok } from "./finding.ts";

const run = promisify(execFile);
const versionLimitMs = 10_000;
const oldestNode = 24;
const oldestGit = [2, 38] as const;

type Program = {
  readonly name: string;
  readonly command: string;
  readonly args: readonly string[];
  readonly install: string;
  /** Whether this version will do. */
  readonly isEnough?: (version: readonly number[]) => boolean;
  readonly needs?: string;
  /** Without it the product works, where something else gives what it gives. */
  readonly isOptional?: boolean;
};

const programs: readonly Program[] = [
  {
    name: "git",
    command: "git",
    args: ["--version"],
    install: "apt-get install git",
    isEnough: ([major = 0, minor = 0]) =>
      major > oldestGit[0] || (major === oldestGit[0] && minor >= oldestGit[1]),
    needs: oldestGit.join("."),
  },
  { name: "tmux", command: "tmux", args: ["-V"], install: "apt-get install tmux" },
  {
    name: "bubblewrap",
    command: "bwrap",
    args: ["--version"],
    install: "apt-get install bubblewrap",
  },
  {
    name: "redis-server",
    command: "redis-server",
    args: ["--version"],
    install: "apt-get install redis-server, or set REDIS_URL to a Redis of your own",
    isOptional: true,
  },
];

/** The programs beside the product, with their versions. */
export async function checkPrograms(config: Config): Promise<readonly Finding[]> {
  // The one that cells are made with, which need not be the one on PATH.
  const { bwrap } = readHostLayout(null, "", config.BUBBLEWRAP_PATH ?? null);
  const found = await Promise.all(
    programs.map((program) =>
      checkProgram(program.name === "bubblewrap" ? { ...program, command: bwrap } : program),
    ),
  );
  return [checkNode(process.versions.node), ...found, ...(await checkClaudeCode(config))];
}

/** @param version as Node tells its own */
export function checkNode(version: string): Finding {
  const name = "node";
  if (Number(version.split(".")[0]) >= oldestNode) return ok(name, version);
  const mend = `Run the product with Node ${oldestNode} or later; its npm scripts bring one.`;
  return { name, state: "error", says: `${version} is too old`, mend };
}

async function checkProgram(program: Program): Promise<Finding> {
  const { name, command, args, install, isEnough = () => true, needs, isOptional } = program;
  const state = isOptional ? "warning" : "error";
  const said = await run(command, [...args], { timeout: versionLimitMs }).then(
    ({ stdout }) => stdout,
    () => null,
  );
  if (said === null) return { name, state, says: "is not installed", mend: `${install}.` };
  const version = /\d+(\.\d+)+/.exec(said)?.[0] ?? said.trim().slice(0, 40);
  if (isEnough(version.split(".").map(Number))) return ok(name, version);
  const says = `${version} is too old: ${needs} or later is needed`;
  return { name, state, says, mend: `${install}, from a newer release of this system.` };
}

/** That it is missing where it is needed, the settings' check tells. */
async function checkClaudeCode(config: Config): Promise<readonly Finding[]> {
  const name = "claude";
  const harnesses = [config.WORKER_HARNESS, config.SUPERVISOR_HARNESS, config.ORCHESTRATOR_HARNESS];
  const isWanted = harnesses.includes("claude-code") || config.CLAUDE_CODE_PATH !== undefined;
  const program = findClaudeCode({
    configured: config.CLAUDE_CODE_PATH,
    toolsDir: join(config.DATA_DIR ?? "/nonexistent", "tools"),
    path: programFolders(),
  });
  const version = program === null ? null : await claudeCodeVersion(program);
  if (version !== null) return [ok(name, version)];
  return isWanted ? [] : [ok(name, "is not installed; no role uses it")];
}
