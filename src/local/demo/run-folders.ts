import { mkdirSync, readdirSync, rmSync } from "node:fs";
import { join } from "node:path";
import { takeDataFolder } from "../embedded/data-folder.ts";
import { endTerminals } from "../embedded/end-terminals.ts";
import { FolderError, socketFolderFor } from "../embedded/folders.ts";
import { endNoted } from "../embedded/noted-processes.ts";
import { stopLeftServers } from "../embedded/resolve-servers.ts";
import { UsageError } from "./options.ts";
import { newRunState, type RunState, readRunState, writeRunState } from "./run-state.ts";
import type { Folders } from "./services.ts";

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
    const cause = error instanceof FolderError ? error.cause : error;
    const reason = cause instanceof Error ? cause.message : String(cause);
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
  // Its servers are taken over by a resumed run; its services were told what may not hold now.
  const ended = [
    ...(await endNoted(folders.data)),
    ...(earlier ? [] : await stopLeftServers(folders.data)),
  ];
  if (ended.length > 0) say(`Ended what a killed run had left: ${ended.join(", ")}.`);
  if (!earlier) await empty(folders);
  mkdirSync(folders.logs, { recursive: true, mode: 0o700 });
  return earlier ?? writeRunState(folders.data, await newRunState());
}

async function empty(folders: Folders): Promise<void> {
  await endTerminals(folders.runtime);
  for (const name of readdirSync(folders.data))
    if (name !== "lock") rmSync(join(folders.data, name), { recursive: true, force: true });
}
