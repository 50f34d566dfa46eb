import { execFileSync, spawn } from "node:child_process";
import { chmodSync, copyFileSync, mkdirSync, openSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { createBroker } from "../../src/adapters/broker/broker.ts";
import { createGit } from "../../src/adapters/git/git.ts";
import { createSandbox } from "../../src/adapters/sandbox/sandbox.ts";
import { createTerminal } from "../../src/adapters/tmux/tmux.ts";
import { startBroker } from "../../src/broker/broker.ts";
import { DEFAULT_BROKER_LIMITS } from "../../src/broker/broker-limits.ts";
import { DEFAULT_REGISTRY_LIMITS } from "../../src/broker/registry-limits.ts";
import { terminalsSocket } from "../../src/local/embedded/end-terminals.ts";
import { noteProcess } from "../../src/local/embedded/noted-processes.ts";
import type { Git, Worktree } from "../../src/ports/git.ts";
import type { Sandbox, Terminal } from "../../src/ports/host.ts";
import { runGit, seedMirror, shop } from "./seed-mirror.ts";
import { REGISTRY_FOLDER, type Servers } from "./victim-servers.ts";

// A host as the product makes it, with canaries in everything an agent must not get.

export type Victim = Servers & {
  readonly folder: string;
  readonly canary: string;
  readonly secretFile: string;
  /** Open in this process, for whoever inherits it. */
  readonly secretFd: number;
  readonly git: Git;
  readonly sandbox: Sandbox;
  readonly terminal: Terminal;
  readonly tmuxSocket: string;
  readonly base: string;
  readonly worktree: Worktree;
  readonly other: Worktree;
  /** A program of the host's with the canary in its environment and arguments. */
  readonly pid: number;
  readonly brokerDir: string;
  readonly otherBrokerDir: string;
  readonly controlSocket: string;
  readonly packageRoot: string;
  /** True where this run has a network of its own, with the addresses of others on it. */
  readonly hasNetwork: boolean;
  readonly isRoot: boolean;
  readonly close: () => Promise<void>;
};

/** Small, so that a run over them is a matter of seconds. */
export const LIMITS = {
  processes: 200,
  openFiles: 256,
  fileBytes: 64 * 1_048_576,
  memoryBytes: 768 * 1_048_576,
  tmpBytes: 64 * 1_048_576,
  homeBytes: 16 * 1_048_576,
} as const;

/** Where its terminals are. */
export function runtimeOf(folder: string): string {
  return join(folder, "run");
}

/** Makes the host around servers that run. Close it at the end. */
export async function makeVictim(
  folder: string,
  canary: string,
  servers: Servers,
  hasNetwork: boolean,
): Promise<Victim> {
  const dataDir = join(folder, "data");
  mkdirSync(dataDir, { recursive: true, mode: 0o700 });
  const secretFile = join(dataDir, "secret");
  writeFileSync(secretFile, `${canary}\n`, { mode: 0o600 });
  const git = createGit({
    dataDir,
    remoteOf: () => Promise.reject(new Error("this host has no remote")),
  });
  const sandbox = createSandbox({ dataDir, limits: LIMITS });
  await sandbox.level();
  const trees = await makeTrees({ folder, canary, git, sandbox });
  const sockets = await openSockets(folder, canary, servers);
  const held = await holdSecret({ folder, canary, dataDir });
  return {
    ...servers,
    ...trees,
    ...sockets,
    ...held,
    folder,
    canary,
    secretFile,
    secretFd: openSync(secretFile, "r"),
    git,
    sandbox,
    packageRoot: join(import.meta.dirname, "../.."),
    hasNetwork,
    isRoot: process.getuid?.() === 0,
    close: async () => {
      await held.close();
      await sockets.close();
    },
  };
}

/** The broker, with the socket of the agent's life and of another one. */
async function openSockets(folder: string, canary: string, servers: Servers) {
  const { productPort, registryPort } = servers;
  const url = `http://127.0.0.1:${registryPort}${REGISTRY_FOLDER}`;
  const broker = await startBroker({
    dir: join(folder, "b"),
    upstream: new URL(`http://127.0.0.1:${productPort}`),
    secret: null,
    limits: DEFAULT_BROKER_LIMITS,
    registries: {
      registries: [{ name: "npm", url }],
      privateHosts: new Set(["127.0.0.1"]),
      limits: DEFAULT_REGISTRY_LIMITS,
    },
  });
  const { controlSocket } = broker;
  const lives = createBroker({ controlSocket });
  const own = await lives.open({ name: "own", token: "own-token" });
  const others = await lives.open({ name: "other", token: canary });
  const [brokerDir, otherBrokerDir] = [own.dir, others.dir];
  return { controlSocket, brokerDir, otherBrokerDir, close: () => broker.stop() };
}

type Held = { readonly folder: string; readonly canary: string; readonly dataDir: string };

/** A program of the host's, and a session of its terminal, that know the canary. */
async function holdSecret({ folder, canary, dataDir }: Held) {
  const runtime = runtimeOf(folder);
  mkdirSync(runtime, { mode: 0o711 });
  const tmuxSocket = terminalsSocket(runtime);
  const terminal = createTerminal({ socketPath: tmuxSocket });
  const program = spawn(process.execPath, ["-e", "setInterval(() => {}, 1000)", canary], {
    env: { SECRET: canary },
    stdio: "ignore",
    cwd: dataDir,
  });
  if (program.pid !== undefined) noteProcess(folder, "a program with a secret", program.pid);
  const argv = ["/bin/sh", "-c", `echo ${canary}; exec sleep 600`];
  await terminal.start({ name: "held", argv, logFile: join(folder, "log") });
  const close = async (): Promise<void> => {
    program.kill("SIGKILL");
    for (const { name } of await terminal.list()) await terminal.kill(name);
    await terminal.shutdown();
  };
  return { terminal, tmuxSocket, pid: program.pid ?? 0, close };
}

type Made = {
  readonly folder: string;
  readonly canary: string;
  readonly git: Git;
  readonly sandbox: Sandbox;
};

async function makeTrees({ folder, canary, git, sandbox }: Made) {
  const base = await seedMirror(git, join(folder, "seed"));
  const worktree = await git.addWorktree(shop, { key: "own", branch: "own", sha: base });
  const other = await git.addWorktree(shop, { key: "other", branch: "other", sha: base });
  for (const tree of [worktree, other]) await sandbox.checkout(tree, base);
  writeFileSync(join(other.path, "plan.txt"), `${canary}\n`);
  // As root's own mistake might leave one, where the cell and where nobody in particular sees it.
  for (const place of [worktree.mirror, folder]) {
    copyFileSync("/usr/bin/id", join(place, "id-of-root"));
    chmodSync(join(place, "id-of-root"), 0o4755);
  }
  return { base, worktree, other };
}

/** A repository as a careless host has it: the agent owns its git folder. */
export function carelessRepository(victim: Victim, name: string): string {
  const folder = join(victim.folder, "careless", name);
  mkdirSync(join(victim.folder, "careless"), { recursive: true });
  execFileSync("git", ["clone", "-q", join(victim.folder, "seed"), folder]);
  for (const [key, value] of [
    ["user.name", "Ada"],
    ["user.email", "ada@example.com"],
  ])
    runGit(folder, ["config", key ?? "", value ?? ""]);
  return folder;
}
