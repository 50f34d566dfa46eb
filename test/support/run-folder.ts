import { readdirSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { makeFolder } from "../../src/local/embedded/folders.ts";
import {
  identifyProcess,
  isRunning,
  type StopStep,
  stopProcess,
  workingFolderOf,
} from "../../src/local/embedded/process-identity.ts";

declare module "vitest" {
  // Module augmentation is the one place where an interface is what the library asks for.
  interface ProvidedContext {
    runFolder: string;
  }
}

const STOP_STEPS: readonly StopStep[] = [
  { signal: "SIGINT", waitMs: 5_000 },
  { signal: "SIGKILL", waitMs: 5_000 },
];

export type ServerFolders = {
  readonly dataDir: string;
  readonly socketDir: string;
  readonly lockDir: string;
};

/** Where one of a run's servers keeps its data, its socket and the lock of who starts it. */
export function foldersOf(runFolder: string, server: string): ServerFolders {
  const at = (name: string): string => join(runFolder, name);
  return { dataDir: at(server), socketDir: at("s"), lockDir: at(`${server}.starting`) };
}

/** Makes the folder of this run, named after its process, and removes those of killed runs. */
export async function makeRunFolder(): Promise<string> {
  const parent = join(tmpdir(), `factory-test-${process.getuid?.() ?? 0}`);
  makeFolder(parent, process.getuid?.() === 0 ? 0o711 : 0o700, null);
  for (const name of readdirSync(parent)) {
    const [pid = 0, startTicks = 0] = name.split(".").map(Number);
    if (!isRunning({ pid, startTicks })) await removeRunFolder(join(parent, name));
  }
  const { pid, startTicks } = identifyProcess(process.pid) ?? { pid: process.pid, startTicks: 0 };
  const folder = join(parent, `${pid}.${startTicks}`);
  makeFolder(folder, process.getuid?.() === 0 ? 0o711 : 0o700, null);
  return folder;
}

/** Stops whatever still works in a run's folder, whoever started it, and removes the folder. */
export async function removeRunFolder(folder: string): Promise<void> {
  await stopProcessesIn(folder);
  rmSync(folder, { recursive: true, force: true });
}

/** Stops every process that works in a folder. Servers end at a SIGINT, with their files in order. */
export async function stopProcessesIn(folder: string): Promise<void> {
  const pids = readdirSync("/proc").map(Number).filter(Number.isInteger);
  const inside = pids.filter((pid) => workingFolderOf(pid)?.startsWith(`${folder}/`));
  for (const pid of inside) {
    const identity = identifyProcess(pid);
    if (identity) await stopProcess(identity, STOP_STEPS);
  }
}
