import { execFileSync } from "node:child_process";
import { mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import type { RepositoryRef } from "../../src/domain/epic.ts";
import type { Git } from "../../src/ports/git.ts";

/** The repository of the run. */
export const shop: RepositoryRef = {
  id: 1,
  githubId: 4711,
  installationId: 9,
  owner: "acme",
  name: "shop",
};

const FILES = { "README.md": "a shop\n", "src/a.txt": "one\n", "src/b.txt": "two\n" };

/** Git as a person runs it in a folder. @returns what it printed */
export function runGit(folder: string, args: readonly string[], input?: string): Buffer {
  return execFileSync("git", args, {
    cwd: folder,
    maxBuffer: 64 * 1_048_576,
    stdio: ["pipe", "pipe", "pipe"],
    ...(input === undefined ? {} : { input }),
    env: { PATH: process.env["PATH"], HOME: "/nonexistent", GIT_CONFIG_NOSYSTEM: "1" },
  });
}

/** Puts one commit into the product's mirror. @returns its name */
export async function seedMirror(git: Git, folder: string): Promise<string> {
  mkdirSync(join(folder, "src"), { recursive: true });
  for (const [name, content] of Object.entries(FILES)) writeFileSync(join(folder, name), content);
  runGit(folder, ["init", "-q", "-b", "main"]);
  runGit(folder, ["add", "-A"]);
  const who = ["-c", "user.name=Ada", "-c", "user.email=ada@example.com"];
  runGit(folder, [...who, "commit", "-q", "-m", "start"]);
  const base = runGit(folder, ["rev-parse", "HEAD"]).toString().trim();
  const pack = runGit(folder, ["pack-objects", "--revs", "--stdout", "-q"], `${base}\n`);
  await git.receivePack(shop, pack);
  return base;
}
