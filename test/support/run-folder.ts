import { readdirSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { makeFolder } from "../../src/local/embedded/folders.ts";
import { stopLeftPostgres } from "../../src/local/embedded/postgres.ts";
import { identifyProcess, isRunning } from "../../src/local/embedded/process-identity.ts";
import { stopLeftRedis } from "../../src/local/embedded/redis.ts";

declare module "vitest" {
  // Module augmentation is the one place where an interface is what the library asks for.
  interface ProvidedContext {
    runFolder: string;
  }
}

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

/** Stops a run's servers, whoever started them, and removes their folders. */
export async function removeRunFolder(folder: string): Promise<void> {
  await stopLeftPostgres(foldersOf(folder, "postgres").dataDir);
  await stopLeftRedis(foldersOf(folder, "redis").dataDir);
  rmSync(folder, { recursive: true, force: true });
}
