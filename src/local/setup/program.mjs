import { spawn, spawnSync } from "node:child_process";
import { existsSync, readFileSync } from "node:fs";
import { constants } from "node:os";
import { delimiter, join } from "node:path";
import { watchParents } from "./parents.mjs";
import { SetUpError } from "./say.mjs";

const OLDEST_NODE = 24;
/** A second less than what people are told: ten seconds after npm was ended, nothing runs. */
const STOP_LIMIT_MS = Number(process.env.SET_UP_STOP_LIMIT_MS) || 9_000;

/**
 * Runs a program with the checkout's own Node first on PATH, and ends as it ends.
 *
 * @param {string} checkout
 * @param {string[]} words the program and its arguments
 */
export function runProgram(checkout, [program, ...args]) {
  const bin = join(checkout, "node_modules", ".bin");
  const env = { ...process.env, PATH: [bin, process.env.PATH].join(delimiter) };
  checkNode(env);
  // Named in full where it is ours: no look-up may find the Node we were started by.
  const own = join(bin, program);
  const child = spawn(existsSync(own) ? own : program, args.filter(isOfUse), {
    env,
    stdio: "inherit",
  });
  for (const signal of ["SIGINT", "SIGTERM", "SIGHUP"]) {
    process.on(signal, () => {
      if (signal !== "SIGINT" || !isTerminalOurs()) child.kill(signal);
      killLater(child);
    });
  }
  watchParents(() => {
    child.kill("SIGTERM");
    killLater(child);
  });
  return new Promise((resolve, reject) => {
    child.on("error", (error) =>
      reject(new SetUpError(`${program} could not be run: ${error.message}`)),
    );
    child.on("exit", (code, signal) => {
      process.exitCode = code ?? 128 + constants.signals[signal];
      resolve();
    });
  });
}

/** Node says of a file of settings that is not there that it is not, twice. */
function isOfUse(word) {
  const file = /^--env-file-if-exists=(.+)$/.exec(word)?.[1];
  return file === undefined || existsSync(file);
}

/** It stops what it has started in order first; whoever hangs then is not waited for. */
function killLater(child) {
  setTimeout(() => child.kill("SIGKILL"), STOP_LIMIT_MS).unref();
}

function checkNode(env) {
  const { stdout } = spawnSync("node", ["--version"], { env, encoding: "utf8" });
  const major = Number(/^v(\d+)\./.exec(stdout ?? "")?.[1]);
  if (major >= OLDEST_NODE) return;
  throw new SetUpError(
    `there is no packaged Node ${OLDEST_NODE} for ${process.platform} ${process.arch}, ` +
      `and the one on PATH is ${stdout?.trim() || "missing"}; install Node ${OLDEST_NODE} and repeat`,
  );
}

// A terminal sends Ctrl-C to all of its foreground group, the child too; passed on, it would come
// twice, and a second one means "at once" to most programs.
function isTerminalOurs() {
  try {
    const stat = readFileSync("/proc/self/stat", "utf8");
    // Behind the name: state, parent, process group, session, terminal, its foreground group.
    const fields = stat.slice(stat.lastIndexOf(")") + 2).split(" ");
    return fields[2] === fields[5];
  } catch {
    return process.stdin.isTTY === true;
  }
}
