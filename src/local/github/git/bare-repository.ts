import { appendFileSync, mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { gitOutput, runGit } from "./run-git.ts";

/** Makes the folder of git hooks that all repositories share, with this Node in it. */
export function writeHooks(dataDir: string): string {
  const folder = join(dataDir, "hooks");
  mkdirSync(folder, { recursive: true });
  const program = fileURLToPath(new URL("./pre-receive.ts", import.meta.url));
  const script = `#!/bin/sh\nexec ${quoted(process.execPath)} ${quoted(program)}\n`;
  writeFileSync(join(folder, "pre-receive"), script, { mode: 0o755 });
  return folder;
}

const SETTINGS = `[http]
	receivepack = true
[uploadpack]
	allowAnySHA1InWant = true
	allowFilter = true
[receive]
	fsckObjects = true
	autogc = false
[core]
	logAllRefUpdates = always
	fsync = all
`;

/** Makes an empty bare repository that can be cloned from and pushed to. */
export async function createBare(gitDir: string, defaultBranch: string): Promise<void> {
  mkdirSync(gitDir, { recursive: true });
  await gitOutput(gitDir, ["init", "--bare", "--quiet", `--initial-branch=${defaultBranch}`]);
  // One file written here instead of a git process per setting.
  appendFileSync(join(gitDir, "config"), SETTINGS);
}

/** The branch a local repository stands on, or null when it has no commits or is no repository. */
export async function branchToImport(path: string): Promise<string | null> {
  const found = await runGit(path, ["rev-parse", "--absolute-git-dir"]);
  const gitDir = found.code === 0 ? found.stdout.trim() : join(path, ".git");
  const head = await runGit(gitDir, ["symbolic-ref", "--short", "HEAD"]);
  const tip = await runGit(gitDir, ["rev-parse", "--quiet", "--verify", "HEAD^{commit}"]);
  return head.code === 0 && tip.code === 0 ? head.stdout.trim() : null;
}

/** Copies all branches and tags of a local repository. */
export async function importRefs(gitDir: string, path: string): Promise<void> {
  const refspecs = ["+refs/heads/*:refs/heads/*", "+refs/tags/*:refs/tags/*"];
  await gitOutput(gitDir, ["fetch", "--quiet", "--no-write-fetch-head", path, ...refspecs]);
}

function quoted(text: string): string {
  return `'${text.replaceAll("'", "'\\''")}'`;
}
