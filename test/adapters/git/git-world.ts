import { execFileSync } from "node:child_process";
import { rmSync } from "node:fs";
import { join } from "node:path";
import { createGit, type GitOptions } from "../../../src/adapters/git/git.ts";
import type { RepositoryRef } from "../../../src/domain/epic.ts";
import type { Git } from "../../../src/ports/git.ts";
import { commit, type Entry, type GitHttp, serveGit } from "../../support/git-http.ts";
import { temporaryFolder } from "../../support/temporary-folder.ts";

export const shop: RepositoryRef = {
  id: 1,
  githubId: 4711,
  installationId: 9,
  owner: "acme",
  name: "shop",
};

export type GitWorld = {
  readonly git: Git;
  readonly remote: GitHttp;
  readonly dataDir: string;
  /** What a second host, or a second process on this one, uses. */
  another(options?: Partial<GitOptions>): Git;
  /** A commit on the server's side. */
  commit(files: Readonly<Record<string, Entry>>, parents?: readonly string[]): string;
  /** A commit that is a branch of the server. */
  branch(name: string, files: Readonly<Record<string, Entry>>, parents?: readonly string[]): string;
  /** How often a token was asked for, `fresh` or not. */
  readonly asked: string[];
};

/** Runs a test against a real remote and an empty data folder; everything is gone afterwards. */
export async function inGitWorld(
  story: (world: GitWorld) => Promise<void>,
  options: Partial<GitOptions> = {},
): Promise<void> {
  const root = temporaryFolder();
  const remote = await serveGit(root);
  try {
    await story(world(root, remote, options));
  } finally {
    await remote.close();
    rmSync(root, { recursive: true, force: true });
  }
}

function world(root: string, remote: GitHttp, options: Partial<GitOptions>): GitWorld {
  const dataDir = join(root, "data");
  const asked: string[] = [];
  const another = (more: Partial<GitOptions> = {}): Git =>
    createGit({
      dataDir,
      remoteOf: async (_, how) => {
        asked.push(how?.fresh === true ? "fresh" : "cached");
        return {
          url: remote.url,
          token: how?.fresh === true ? "good-token-fresh" : "good-token-1",
        };
      },
      ...options,
      ...more,
    });
  return {
    git: another(),
    remote,
    dataDir,
    another,
    asked,
    commit: (files, parents) => commit(remote.git, files, parents),
    branch: (name, files, parents) => {
      const sha = commit(remote.git, files, parents);
      remote.git(["update-ref", `refs/heads/${name}`, sha]);
      return sha;
    },
  };
}

/** A pack of all objects below `wanted` that `had` does not reach, as a cell hands it over. */
export function packOf(
  remote: GitHttp,
  wanted: readonly string[],
  had: readonly string[],
): Uint8Array {
  const input = [...wanted, ...had.map((sha) => `^${sha}`)].join("\n");
  const missing = execFileSync(
    "git",
    ["--git-dir", remote.repository, "rev-list", "--objects", "--missing=allow-any", "--stdin"],
    { input, encoding: "utf8" },
  );
  const names = missing.split("\n").map((line) => line.slice(0, 40));
  return execFileSync(
    "git",
    ["--git-dir", remote.repository, "pack-objects", "--missing=allow-any", "--stdout", "-q"],
    { input: names.flatMap((name) => (name === "" ? [] : [`${name}\n`])).join("") },
  );
}
