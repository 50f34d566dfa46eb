import { execFileSync } from "node:child_process";

/** Asks a bare repository; its own configuration alone counts. */
export function runGit(gitDir: string, args: readonly string[]): string {
  const env = {
    PATH: process.env["PATH"],
    GIT_CONFIG_NOSYSTEM: "1",
    GIT_CONFIG_GLOBAL: "/dev/null",
  };
  return execFileSync("git", ["--git-dir", gitDir, ...args], { encoding: "utf8", env }).trim();
}
