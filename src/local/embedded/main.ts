import { PortError } from "../../lib/port-error.ts";
import { type DataFolder, takeDataFolder } from "./data-folder.ts";
import { FolderError, socketFolderFor } from "./folders.ts";
import { endNoted, forgetNoted, noteProcess } from "./noted-processes.ts";
import { defaultDataFolder } from "./product-folder.ts";
import { resolveServers, type Servers } from "./resolve-servers.ts";
import { runForeground } from "./run-foreground.ts";
import { startGuard } from "./start-guard.ts";

// Runs a program beside the embedded servers, and stops them when it ends:
//   node src/local/embedded/main.ts PROGRAM ARGUMENTS…
// The program finds them by DATABASE_URL and REDIS_URL; where these are set, they are left alone.

const [program, ...args] = process.argv.slice(2);
const say = (line: string): void => console.error(line);

if (program === undefined) {
  say("usage: node src/local/embedded/main.ts PROGRAM ARGUMENTS…");
  process.exitCode = 2;
} else {
  process.exitCode = await runBesideServers(program);
}

async function runBesideServers(name: string): Promise<number> {
  const taken = await takeFolder();
  if ("refused" in taken) {
    say(taken.detail);
    return 1;
  }
  try {
    return await guarded(taken, async () => {
      const servers = await resolveServers({ env: process.env, dataDir: taken.folder, say });
      return await runProgram(name, taken, servers).finally(() => servers.stop());
    });
  } catch (error) {
    if (!(error instanceof PortError)) throw error;
    say(error.message);
    return 1;
  } finally {
    taken.release();
  }
}

async function takeFolder(): ReturnType<typeof takeDataFolder> {
  try {
    const named = process.env.DATA_DIR;
    return await takeDataFolder(named || defaultDataFolder(process.env), "DATA_DIR");
  } catch (error) {
    if (!(error instanceof FolderError)) throw error;
    return { refused: "locked", detail: error.message };
  }
}

/** What is started outlives us by a few seconds at most, also when we are killed. */
async function guarded({ folder }: DataFolder, work: () => Promise<number>): Promise<number> {
  const left = await endNoted(folder);
  if (left.length > 0) say(`Ended what a killed run had left: ${left.join(", ")}.`);
  const endGuard = startGuard({ dataDir: folder, runtimeDir: null });
  try {
    return await work();
  } finally {
    await endGuard();
    forgetNoted(folder);
  }
}

function runProgram(name: string, { folder }: DataFolder, servers: Servers): Promise<number> {
  return runForeground({
    program: name,
    args,
    env: {
      RUNTIME_DIR: socketFolderFor(folder),
      ...process.env,
      DATA_DIR: folder,
      DATABASE_URL: servers.databaseUrl,
      REDIS_URL: servers.redisUrl,
    },
    onStart: (pid) => noteProcess(folder, "the program", pid),
  }).catch((error: unknown) => {
    say(error instanceof Error ? error.message : String(error));
    return 1;
  });
}
