import { existsSync, mkdirSync, readdirSync, rmSync } from "node:fs";
import { join } from "node:path";
import { takeDataFolder } from "../embedded/data-folder.ts";
import { socketFolderFor } from "../embedded/folders.ts";
import { resolveServers } from "../embedded/resolve-servers.ts";
import { UsageError } from "./options.ts";
import { newRunState, type RunState, readRunState, writeRunState } from "./run-state.ts";
import { endSessions, type Folders } from "./services.ts";

type Say = (line: string) => void;

/**
 * Takes the folder of a run, which nobody else may use meanwhile.
 *
 * @throws {UsageError} when it is in use, or cannot be a folder
 */
export function takeRunFolders(data: string): {
  readonly folders: Folders;
  readonly release: () => void;
} {
  const taken = takeFolder(data);
  if ("refused" in taken) throw new UsageError(taken.detail);
  return { folders: foldersOf(data), release: taken.release };
}

/** A folder that cannot be one is the person's to change, like one in use. */
function takeFolder(data: string): ReturnType<typeof takeDataFolder> {
  try {
    return takeDataFolder(data);
  } catch (error) {
    const reason = error instanceof Error ? error.message : String(error);
    throw new UsageError(`--data ${data}: cannot be used (${reason})`);
  }
}

function foldersOf(data: string): Folders {
  return {
    data,
    runtime: `${socketFolderFor(data)}-host`,
    logs: join(data, "logs"),
    product: join(data, "product"),
  };
}

/** A new run begins on an empty folder; a resumed one with what the killed one left. */
export async function provideState(
  { resume }: { readonly resume: boolean },
  folders: Folders,
  say: Say,
): Promise<RunState> {
  const earlier = resume ? readRunState(folders.data) : null;
  if (resume && !earlier) say("Nothing to resume here: this is a new run.");
  if (!earlier) await empty(folders, say);
  mkdirSync(folders.logs, { recursive: true, mode: 0o700 });
  return earlier ?? writeRunState(folders.data, await newRunState());
}

async function empty(folders: Folders, say: Say): Promise<void> {
  if (existsSync(join(folders.data, "run.json")) && !process.env.DATABASE_URL) {
    // Servers of a killed run are adopted first, so that they can be stopped like any other.
    const left = await resolveServers({ env: {}, dataDir: folders.data });
    await left.stop();
    if (left.adopted.length > 0) say("Stopped what a killed run had left.");
  }
  await endSessions(folders);
  for (const name of readdirSync(folders.data))
    if (name !== "lock") rmSync(join(folders.data, name), { recursive: true, force: true });
}
