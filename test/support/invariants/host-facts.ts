import { execFile } from "node:child_process";
import { existsSync, readdirSync } from "node:fs";
import { join } from "node:path";
import { type ProcessFacts, readProcesses, withDescendants } from "./process-facts.ts";
import type { CheckedWorld } from "./world.ts";

// What a worker host has: sessions, cells, folders. Asked of tmux, the process table and the disk.

const tmuxTimeoutMs = 10_000;
const deepestLivesFolder = 3;

export type Pane = { readonly session: string; readonly isDead: boolean; readonly screen: string };

export type Folder = { readonly name: string; readonly path: string };

export type HostFacts = {
  readonly hostName: string;
  readonly dataDir: string;
  readonly tmuxRuns: boolean;
  readonly panes: readonly Pane[];
  /** Cells and whatever runs in them. */
  readonly cellProcesses: readonly ProcessFacts[];
  readonly tmuxProcesses: readonly ProcessFacts[];
  /** Checkouts and git's folders of them, below the id of their repository. */
  readonly worktrees: readonly (Folder & { readonly repositoryId: number })[];
  /** Throw-away folders of cells. */
  readonly cells: readonly Folder[];
  /** Folders of the broker, one for each life it lets out. */
  readonly brokerLives: readonly Folder[];
  /** Folders whose files people and agents read. */
  readonly readable: readonly string[];
};

export async function readHost(host: CheckedWorld["hosts"][number]): Promise<HostFacts> {
  const { hostName, dataDir, runtimeDir } = host;
  const socket = join(runtimeDir, "tmux.sock");
  const panes = await readPanes(socket);
  const processes = readProcesses();
  const repositories = foldersIn(join(dataDir, "repos"));
  return {
    hostName,
    dataDir,
    tmuxRuns: panes !== null,
    panes: panes ?? [],
    cellProcesses: withDescendants(processes, (one) => isCell(one, [dataDir, runtimeDir])),
    tmuxProcesses: processes.filter(({ argv }) => argv[0] === "tmux" && argv.includes(socket)),
    worktrees: repositories.flatMap((home) =>
      [join(home.path, "worktrees"), join(home.path, "mirror.git", "worktrees")]
        .flatMap(foldersIn)
        .map((folder) => ({ ...folder, repositoryId: Number.parseInt(home.name, 10) })),
    ),
    cells: foldersIn(join(dataDir, "cells", "verify")),
    brokerLives: livesFolders(runtimeDir, deepestLivesFolder).flatMap(foldersIn),
    readable: [
      join(dataDir, "logs"),
      join(dataDir, "cells"),
      ...repositories.map((home) => join(home.path, "worktrees")),
    ],
  };
}

/**
 * A cell is a bubblewrap that binds something of this host's, or what is about to become one. The
 * tmux server keeps the words of the client that started it, a cell's among them.
 */
function isCell({ argv }: ProcessFacts, folders: readonly string[]): boolean {
  if (argv[0] === "tmux") return false;
  const isBubblewrap = argv.some((word) => /(^|\/)bwrap$/.test(word));
  return isBubblewrap && argv.some((word) => folders.some((dir) => word.startsWith(`${dir}/`)));
}

function foldersIn(path: string): readonly Folder[] {
  if (!existsSync(path)) return [];
  return readdirSync(path).map((name) => ({ name, path: join(path, name) }));
}

function livesFolders(path: string, depth: number): readonly string[] {
  if (depth === 0 || !existsSync(path)) return [];
  return readdirSync(path, { withFileTypes: true })
    .filter((entry) => entry.isDirectory())
    .flatMap(({ name }) =>
      name === "lives" ? [join(path, name)] : livesFolders(join(path, name), depth - 1),
    );
}

/** null when no server runs. */
async function readPanes(socket: string): Promise<readonly Pane[] | null> {
  const listed = await tmux(socket, ["list-panes", "-a", "-F", "#{session_name} #{pane_dead}"]);
  if (listed === null) return null;
  const panes: Pane[] = [];
  for (const line of listed.split("\n").filter((text) => text !== "")) {
    const [session = "", dead = ""] = line.split(" ");
    const screen = await tmux(socket, [
      "capture-pane",
      "-p",
      "-J",
      "-S",
      "-",
      "-t",
      `=${session}:`,
    ]);
    panes.push({ session, isDead: dead === "1", screen: screen ?? "" });
  }
  return panes;
}

/** null when there is no server, or no such session any more. */
function tmux(socket: string, args: readonly string[]): Promise<string | null> {
  const env = { PATH: "/usr/local/bin:/usr/bin:/bin", LC_ALL: "C.UTF-8", TERM: "screen" };
  const options = { env, timeout: tmuxTimeoutMs, maxBuffer: 64 * 1024 * 1024 };
  return new Promise((resolve, reject) => {
    execFile(
      "tmux",
      ["-S", socket, "-f", "/dev/null", ...args],
      options,
      (error, stdout, stderr) => {
        if (error === null) resolve(stdout);
        else if (isGone(stderr)) resolve(null);
        else
          reject(
            new Error(`tmux ${args[0] ?? ""} on ${socket}: ${stderr.trim() || error.message}`),
          );
      },
    );
  });
}

function isGone(stderr: string): boolean {
  return /no server running|error connecting|server exited|lost server|can't find|no current target/.test(
    stderr,
  );
}
