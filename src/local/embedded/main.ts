import { spawn } from "node:child_process";
import { constants } from "node:os";
import { PortError } from "../../lib/port-error.ts";
import { type DataFolder, takeDataFolder } from "./data-folder.ts";
import { socketFolderFor } from "./folders.ts";
import { defaultDataFolder } from "./product-folder.ts";
import { resolveServers, type Servers } from "./resolve-servers.ts";

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
  const taken = takeDataFolder(process.env.DATA_DIR ?? defaultDataFolder(process.env));
  if ("refused" in taken) {
    say(taken.detail);
    return 1;
  }
  try {
    const servers = await resolveServers({ env: process.env, dataDir: taken.folder, say });
    try {
      return await runProgram(name, taken, servers);
    } finally {
      await servers.stop();
    }
  } catch (error) {
    if (!(error instanceof PortError)) throw error;
    say(error.message);
    return 1;
  } finally {
    taken.release();
  }
}

function runProgram(name: string, { folder }: DataFolder, servers: Servers): Promise<number> {
  const child = spawn(name, args, {
    stdio: "inherit",
    env: {
      RUNTIME_DIR: socketFolderFor(folder),
      ...process.env,
      DATA_DIR: folder,
      DATABASE_URL: servers.databaseUrl,
      REDIS_URL: servers.redisUrl,
    },
  });
  // A terminal's Ctrl-C reaches the program by itself; we stay until it has ended.
  process.on("SIGINT", () => {});
  for (const signal of ["SIGTERM", "SIGHUP"] as const) process.on(signal, () => child.kill(signal));
  return new Promise((resolve) => {
    child.once("error", (error) => {
      say(`${name} could not be run: ${error.message}`);
      resolve(1);
    });
    child.once("exit", (code, signal) =>
      resolve(code ?? 128 + (signal ? constants.signals[signal] : 0)),
    );
  });
}
