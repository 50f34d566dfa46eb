import { lstatSync, mkdirSync, readdirSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { takeDataFolder } from "../embedded/data-folder.ts";
import { endTerminals } from "../embedded/end-terminals.ts";
import { FolderError, socketFolderFor } from "../embedded/folders.ts";
import { endNoted } from "../embedded/noted-processes.ts";
import { stopLeftServers } from "../embedded/resolve-servers.ts";
import { UsageError } from "./options.ts";
import { newRunState, type RunState, readRunState, writeRunState } from "./run-state.ts";
import { type Folders, type RunWishes, usesRealModel } from "./services.ts";

type Say = (line: string) => void;

/** Says that a run made the folder: whatever else is in it may go with the next one. */
const mark = ".factory-factory-demo";
const keptNames: ReadonlySet<string> = new Set(["lock", mark]);

/**
 * Takes the folder of a run, which nobody else may use meanwhile. A run empties its folder, so only
 * one that is new, empty, or an earlier run's is taken; no other is touched.
 *
 * @throws {UsageError} when it holds anything else, is in use, or cannot be a folder
 */
export async function takeRunFolders(
  data: string,
  {
    isNamed,
  }: { /** By a person: the one without a name is ours alone. */ readonly isNamed: boolean },
): Promise<{
  readonly folders: Folders;
  readonly release: () => void;
}> {
  if (isNamed) refuseForeign(data);
  const taken = await takeFolder(data);
  if ("refused" in taken) throw new UsageError(taken.detail);
  writeFileSync(join(data, mark), "");
  return { folders: foldersOf(data), release: taken.release };
}

function refuseForeign(data: string): void {
  const stats = lstatSync(data, { throwIfNoEntry: false });
  if (stats === undefined || !stats.isDirectory()) return;
  const names = readdirSync(data);
  const [first] = names.filter((name) => !keptNames.has(name));
  if (first === undefined || names.includes(mark)) return;
  throw new UsageError(
    `--data ${data}: holds things that no demo made (${first}, for one), and a demo empties its folder; name a new or an empty one`,
  );
}

/** A folder that cannot be one is the person's to change, like one in use. */
async function takeFolder(data: string): ReturnType<typeof takeDataFolder> {
  try {
    return await takeDataFolder(data);
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

/**
 * A new run begins on an empty folder; a resumed one with what the killed one left, in its weather.
 *
 * @throws {UsageError} when a run is to be resumed in another weather than its own
 */
export async function provideState(
  { resume, weather }: Pick<RunWishes, "weather"> & { readonly resume: boolean },
  folders: Folders,
  say: Say,
): Promise<RunState> {
  const earlier = resume ? readRunState(folders.data) : null;
  if (earlier) requireWeatherOf(earlier, weather);
  if (resume && !earlier) say("Nothing to resume here: this is a new run.");
  // Its servers are taken over by a resumed run; its services were told what may not hold now.
  const ended = [
    ...(await endNoted(folders.data)),
    ...(earlier ? [] : await stopLeftServers(folders.data)),
  ];
  if (ended.length > 0) say(`Ended what a killed run had left: ${ended.join(", ")}.`);
  if (!earlier) await empty(folders);
  mkdirSync(folders.logs, { recursive: true, mode: 0o700 });
  return earlier ?? writeRunState(folders.data, await newRunState(weather));
}

/** Good weather is what nobody asks for: the run's own holds then. */
function requireWeatherOf({ weather }: RunState, wanted: string | null): void {
  if (wanted !== null && weather === null)
    throw new UsageError("--resume --chaos-model: that run is in good weather; leave one of them");
  if (weather !== null && usesRealModel())
    throw new UsageError("--resume: that run needs the scripted model; unset ANTHROPIC_API_KEY");
}

async function empty(folders: Folders): Promise<void> {
  await endTerminals(folders.runtime);
  for (const name of readdirSync(folders.data))
    if (!keptNames.has(name)) rmSync(join(folders.data, name), { recursive: true, force: true });
}
