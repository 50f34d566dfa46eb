import { spawn } from "node:child_process";
import { constants } from "node:os";
import { openRegistryDoor } from "./registry-door.ts";

// Runs a command in a cell with package registries at the cell's own loopback. Ends as the command
// does; where that failed and a registry was in trouble, with a code that means "try again".
// usage: main.ts SOCKET COMMAND...

/** sysexits.h: EX_TEMPFAIL. */
const TRY_AGAIN = 75;
const FIRST_SIGNAL_CODE = 128;
const PASSED_ON = ["SIGINT", "SIGTERM", "SIGHUP", "SIGWINCH"] as const;

process.exitCode = await main(process.argv.slice(2));
process.exit();

async function main([socketPath = "", file = "", ...args]: readonly string[]): Promise<number> {
  const door = await openRegistryDoor(socketPath);
  const child = spawn(file, args, { stdio: "inherit" });
  for (const signal of PASSED_ON) process.on(signal, () => child.kill(signal));
  const code = await new Promise<number>((resolve) => {
    child.once("error", (error) => {
      process.stderr.write(`${file} cannot be started: ${error.message}\n`);
      resolve(127);
    });
    child.once("exit", (exitCode, signal) => {
      resolve(exitCode ?? FIRST_SIGNAL_CODE + (signal === null ? 0 : constants.signals[signal]));
    });
  });
  const trouble = door.trouble();
  if (code === 0 || trouble.length === 0) return code;
  process.stderr.write(`package registries: ${trouble.join("; ")}\n`);
  return TRY_AGAIN;
}
