import { spawnSync } from "node:child_process";
import { accessSync, constants, statSync } from "node:fs";
import { delimiter, join } from "node:path";

/**
 * @param {string} command
 * @returns {boolean} whether it is on PATH
 */
export function isOnPath(command) {
  return (process.env.PATH ?? "").split(delimiter).some((folder) => {
    const file = join(folder, command);
    try {
      accessSync(file, constants.X_OK);
      return statSync(file).isFile();
    } catch {
      return false;
    }
  });
}

/**
 * How to run something as root here.
 *
 * @returns {string[] | null} words to put in front; none when we are root; null when we may not
 */
export function asRoot() {
  if (process.getuid() === 0) return [];
  if (!isOnPath("sudo")) return null;
  return spawnSync("sudo", ["-n", "true"], { stdio: "ignore" }).status === 0
    ? ["sudo", "-n"]
    : null;
}

/**
 * Runs a program to its end, its output on stderr.
 *
 * @param {string[]} words the program and its arguments
 * @param {string} [input] for its stdin; what it prints then is only that again, and not shown
 * @returns {boolean} whether it succeeded
 */
export function run(words, input) {
  const [program, ...args] = words;
  const stdio = input === undefined ? ["ignore", 2, 2] : ["pipe", "ignore", 2];
  return spawnSync(program, args, { input, stdio }).status === 0;
}
