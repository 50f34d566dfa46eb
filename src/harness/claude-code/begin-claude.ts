import { randomUUID } from "node:crypto";
import { mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import type { LifeStart } from "../factory-api.ts";
import {
  CLAUDE_SETTINGS,
  type ClaudeSession,
  claudeArgv,
  claudeEnvironment,
  mcpConfigOf,
  promptOf,
} from "./claude-options.ts";
import { type Handover, projectFolderName, sessionLines } from "./session-lines.ts";
import { type Claude, startClaude } from "./start-claude.ts";

export type ClaudeProgram = {
  /** Absolute. */
  readonly program: string;
  readonly version: string;
  /** The relay's address. */
  readonly url: string;
  /** Of the cell; its HOME is private to the life. */
  readonly environment: NodeJS.ProcessEnv;
  /** null: it works on no files. */
  readonly worktree: string | null;
  /** Model requests it repeats by itself. */
  readonly retries: number;
};

// It waits for the product, which may wait for weather to pass.
const HOOK_LIMIT_SECONDS = 3_600;

/** Claude Code, and what it writes down by itself. */
export type BegunClaude = {
  readonly claude: Claude;
  readonly sessionFile: string;
  /** Of it, what was written here. */
  readonly sessionBytes: number;
};

/**
 * Writes what Claude Code reads at its start, and starts it: on a conversation so far, which may be
 * none.
 */
export function beginClaude(
  start: LifeStart,
  handover: Handover,
  options: ClaudeProgram,
): BegunClaude {
  const { program, environment, worktree, url } = options;
  const home = environment["HOME"] ?? "/tmp";
  const cwd = worktree ?? home;
  const session: ClaudeSession = { id: randomUUID(), isOld: handover.session.length > 0 };
  const files = writeFiles(start, home, url);
  const facts = { sessionId: session.id, cwd, version: options.version, model: start.model };
  const folder = join(home, ".claude", "projects", projectFolderName(cwd));
  const sessionFile = join(folder, `${session.id}.jsonl`);
  const lines = sessionLines(handover, start.sessionNotes, facts);
  if (session.isOld) {
    mkdirSync(folder, { recursive: true, mode: 0o700 });
    writeFileSync(sessionFile, lines, { mode: 0o600 });
  }
  const argv = claudeArgv(start.model, worktree !== null, session, files);
  const ours = claudeEnvironment(url, start, start.limits, options.retries);
  const claude = startClaude([program, ...argv], { cwd, env: { ...environment, ...ours } });
  const hook = { matcher: null, hookCallbackIds: ["call"], timeout: HOOK_LIMIT_SECONDS };
  claude.send({
    type: "control_request",
    request_id: "begin",
    request: { subtype: "initialize", hooks: { PreToolUse: [hook] } },
  });
  return { claude, sessionFile, sessionBytes: Buffer.byteLength(lines) };
}

function writeFiles(start: LifeStart, home: string, url: string) {
  const folder = join(home, "factory");
  mkdirSync(folder, { recursive: true, mode: 0o700 });
  const write = (name: string, text: string): string => {
    const file = join(folder, name);
    writeFileSync(file, text, { mode: 0o600 });
    return file;
  };
  return {
    mcpConfig: write("mcp.json", JSON.stringify(mcpConfigOf(url))),
    prompt: write("prompt.md", promptOf(start)),
    settings: write("settings.json", JSON.stringify(CLAUDE_SETTINGS)),
  };
}
