import { execFile } from "node:child_process";
import { unlink } from "node:fs/promises";
import { PortError } from "../../lib/port-error.ts";
import type { SessionInfo, Terminal } from "../../ports/host.ts";
import { escapeArgument, logCommand, paneArgv, shellWord } from "./tmux-words.ts";

export type TerminalOptions = {
  /** Absolute path of the private server's socket, at most 107 bytes; its folder exists, 0700. */
  readonly socketPath: string;
  /** What is kept of a session's output on disk. Default 16 MiB. */
  readonly maxLogBytes?: number;
  /** Screen size of every session. Default 160 by 48. */
  readonly columns?: number;
  readonly rows?: number;
  /** Lines a session keeps for scrolling. Default 5_000. */
  readonly historyLines?: number;
  /** Limit of one tmux command. Default 10_000. */
  readonly timeoutMs?: number;
};

const MEBIBYTE = 1024 * 1024;
const LONGEST_SOCKET_PATH = 107; // sun_path holds 108 bytes with its end.
const SESSION_NAME = /^[a-z0-9][a-z0-9-]{0,79}$/;
const MOST_SCREEN_LINES = 2_000;

// Everything the server and its panes inherit. Nothing of this process's environment.
const ENVIRONMENT = {
  PATH: "/usr/local/bin:/usr/bin:/bin:/usr/sbin:/sbin",
  HOME: "/",
  LANG: "C.UTF-8",
  TERM: "screen-256color",
  SHELL: "/bin/sh",
} as const;

type Tmux = (commands: readonly (readonly string[])[]) => Promise<string>;

/**
 * A private tmux server. It belongs to the user who runs this, outlives this process, and is
 * found again by its socket. Names are the only text of ours in its commands.
 *
 * @throws {PortError} `tmux`, not retryable, when the socket's path is too long
 */
export function createTerminal(options: TerminalOptions): Terminal {
  const { socketPath } = options;
  requireShortPath(socketPath);
  const tmux = clientOf(socketPath, options.timeoutMs ?? 10_000);
  return {
    list: () => listSessions(tmux),
    start: async (session) => {
      requireName(session.name);
      const begin = () => tmux(sessionCommands(session, options));
      await begin()
        .catch(async (error: unknown) => {
          if (!isGone(error)) throw error;
          await tmux(serverCommands(options));
          return await begin();
        })
        .catch(ignoreWhen(/duplicate session/));
    },
    screen: async (name, lines) => {
      requireName(name);
      const from = String(-Math.min(Math.max(lines, 1), MOST_SCREEN_LINES));
      const text = await tmux([["capture-pane", "-p", "-J", "-S", from, "-t", `=${name}:`]]);
      return lastLines(withoutControls(text), lines);
    },
    kill: async (name) => {
      requireName(name);
      const killed = tmux([["kill-session", "-t", `=${name}`]]);
      await orWhenGone(killed.catch(ignoreWhen(/can't find session/)), "");
    },
    attachCommand: () => `tmux -S ${shellWord(socketPath)} attach -r`,
    shutdown: () => shutDown(tmux, socketPath),
  };
}

async function listSessions(tmux: Tmux): Promise<readonly SessionInfo[]> {
  const list = async () => {
    const format = "#{session_name} #{pane_dead} #{pane_dead_status}/#{pane_dead_signal}";
    return await orWhenGone(tmux([["list-panes", "-a", "-F", format]]), "");
  };
  const lines = await list();
  if (!hasUnreaped(lines)) return lines.split("\n").flatMap(parseSession);
  // tmux 3.3 can miss the end of a process that ends at once: it stays a zombie without a status
  // until another child of the server ends, for which it reaps them all.
  await orWhenGone(tmux([["run-shell", "true"]]), "");
  return (await list()).split("\n").flatMap(parseSession);
}

function hasUnreaped(lines: string): boolean {
  return / 1 \/$/m.test(lines);
}

/**
 * The server keeps the arguments of whoever started it for all its life. So no session's are among
 * them: it would be ended with the cell that they name.
 */
function serverCommands({ historyLines = 5_000 }: TerminalOptions): readonly (readonly string[])[] {
  return [["start-server"], ...hardening(historyLines)];
}

function sessionCommands(
  { name, argv, logFile }: Parameters<Terminal["start"]>[0],
  { columns = 160, rows = 48, maxLogBytes = 16 * MEBIBYTE }: TerminalOptions,
): readonly (readonly string[])[] {
  const size = ["-x", String(columns), "-y", String(rows)];
  const pane = paneArgv(argv, ENVIRONMENT);
  return [
    ["new-session", "-d", "-s", name, ...size, "-c", "/", "--", ...pane],
    // In the same call: the server reads nothing of the pane before it runs this too.
    ["pipe-pane", "-O", "-t", `=${name}:`, logCommand(logFile, maxLogBytes)],
  ];
}

async function shutDown(tmux: Tmux, socketPath: string): Promise<void> {
  const alive = (await listSessions(tmux)).filter((session) => !session.dead);
  if (alive.length > 0) {
    const names = alive.map((session) => session.name).join(", ");
    throw new PortError("tmux", `the server still runs ${names}`, { retryable: true });
  }
  await orWhenGone(tmux([["kill-server"]]), "");
  // The server leaves its socket behind.
  await unlink(socketPath).catch(ignoreMissing);
}

function hardening(historyLines: number): readonly (readonly string[])[] {
  return [
    ["set-option", "-s", "exit-empty", "off"],
    ["set-option", "-s", "set-clipboard", "off"],
    ["set-option", "-g", "history-limit", String(historyLines)],
    ["set-option", "-g", "set-titles", "off"],
    ["set-option", "-g", "update-environment", ""],
    ["set-option", "-g", "default-shell", "/bin/sh"],
    ["set-option", "-g", "visual-activity", "off"],
    ["set-option", "-gw", "allow-passthrough", "off"],
    ["set-option", "-gw", "allow-rename", "off"],
    ["set-option", "-gw", "automatic-rename", "off"],
    ["set-option", "-gw", "remain-on-exit", "on"],
    ["set-option", "-gw", "remain-on-exit-format", ""],
  ];
}

function clientOf(socketPath: string, timeoutMs: number): Tmux {
  return (commands) => {
    const words = commands.flatMap((command, index) => [
      ...(index === 0 ? [] : [";"]),
      ...command.map(escapeArgument),
    ]);
    const startsServer = commands[0]?.[0] === "start-server";
    const flags = ["-f", "/dev/null", ...(startsServer ? [] : ["-N"])];
    const argv = ["-S", socketPath, ...flags, ...words];
    const limits = { env: ENVIRONMENT, timeout: timeoutMs, maxBuffer: 16 * MEBIBYTE };
    return new Promise((resolve, reject) => {
      execFile("tmux", argv, limits, (error, stdout, stderr) => {
        if (error === null) resolve(stdout);
        else reject(failure(commands.at(-1)?.[0] ?? "tmux", stderr, error));
      });
    });
  };
}

function failure(command: string, stderr: string, cause: Error): PortError {
  const missing = "code" in cause && cause.code === "ENOENT";
  const why = missing ? "tmux is not installed" : stderr.trim() || cause.message;
  return new PortError("tmux", `${command}: ${why}`, { retryable: !missing, cause });
}

/** Without a server or a session there is nothing to list or kill: that is an answer, not a failure. */
function orWhenGone(work: Promise<string>, answer: string): Promise<string> {
  return work.catch((error: unknown) => {
    if (isGone(error)) return answer;
    throw error;
  });
}

function isGone(error: unknown): boolean {
  const gone =
    /no current target|no server running|error connecting .*(No such file|Connection refused)|server exited|lost server/;
  return error instanceof PortError && gone.test(error.message);
}

function ignoreWhen(expected: RegExp): (error: unknown) => string {
  return (error) => {
    if (error instanceof PortError && expected.test(error.message)) return "";
    throw error;
  };
}

function ignoreMissing(error: unknown): void {
  if (error instanceof Error && "code" in error && error.code === "ENOENT") return;
  throw error;
}

function parseSession(line: string): readonly SessionInfo[] {
  const [, name, dead, status, signal] = /^(\S+) ([01]) (\d*)\/(\d*)$/.exec(line) ?? [];
  if (name === undefined) return [];
  // Its screen closes a moment before tmux learns how the process ended; until then it lives.
  const hasEnded = Boolean(status) || Boolean(signal);
  return [
    {
      name,
      dead: dead === "1" && hasEnded,
      exitCode: status ? Number(status) : null,
      signal: signal ? Number(signal) : null,
    },
  ];
}

/** Keeps tabs and line ends; takes out C0, DEL and C1, with which a terminal can be driven. */
function withoutControls(text: string): string {
  // biome-ignore lint/suspicious/noControlCharactersInRegex: they are what is taken out
  return text.replace(/[\u0000-\u0008\u000b-\u001f\u007f-\u009f]/g, "");
}

function lastLines(text: string, lines: number): string {
  return text.trimEnd().split("\n").slice(-lines).join("\n");
}

function requireName(name: string): void {
  if (SESSION_NAME.test(name)) return;
  const message = `${JSON.stringify(name)} is no session name: [a-z0-9-], at most 80`;
  throw new PortError("tmux", message, { retryable: false });
}

function requireShortPath(socketPath: string): void {
  if (Buffer.byteLength(socketPath) <= LONGEST_SOCKET_PATH) return;
  const message = `the socket path ${socketPath} is longer than ${LONGEST_SOCKET_PATH} bytes; use a shorter data folder`;
  throw new PortError("tmux", message, { retryable: false });
}
