import { execFile } from "node:child_process";
import { existsSync } from "node:fs";

// A bare repository of the local GitHub, read by the installed git and nothing of the product's.

const gitTimeoutMs = 60_000;
const largestOutputBytes = 512 * 1024 * 1024;

export type Commit = {
  readonly sha: string;
  readonly parents: readonly string[];
  readonly tree: string;
  readonly committerEmail: string;
  readonly message: string;
};

export type BareRepository = {
  readonly path: string;
  /** Commits after `from` up to `to` along first parents, oldest first. */
  readonly firstParents: (from: string, to: string) => Promise<readonly Commit[]>;
  /** All commits reachable from `to` and not from `from`. */
  readonly commitsBetween: (from: string, to: string) => Promise<readonly Commit[]>;
  /** True when `ancestor` is on the first-parent line of `descendant`. */
  readonly isOnLine: (ancestor: string, descendant: string) => Promise<boolean>;
  readonly hasCommit: (sha: string) => Promise<boolean>;
  readonly fileAt: (sha: string, path: string) => Promise<string | null>;
  /** Messages and changes of every commit that is on a ref and not in `from`. */
  readonly changesSince: (from: string) => Promise<string>;
};

/** @throws {Error} when there is no repository at this path */
export function openBareRepository(path: string): BareRepository {
  if (!existsSync(`${path}/HEAD`)) throw new Error(`${path} is no bare repository`);
  const git = (...args: readonly string[]) => runGit(path, args);
  const must = async (...args: readonly string[]): Promise<string> => {
    const result = await git(...args);
    if (result.code === 0) return result.stdout;
    throw new Error(`git ${args.join(" ")} in ${path}: ${result.stderr.trim()}`);
  };
  const log = async (...range: readonly string[]): Promise<readonly Commit[]> =>
    parseLog(await must("log", "--reverse", "--topo-order", logFormat, ...range));
  return {
    path,
    firstParents: (from, to) => log("--first-parent", `${from}..${to}`),
    commitsBetween: (from, to) => log(`${from}..${to}`),
    isOnLine: async (ancestor, descendant) => {
      const line = await must("rev-list", "--first-parent", descendant);
      return line.split("\n").includes(ancestor);
    },
    hasCommit: async (sha) => (await git("cat-file", "-e", `${sha}^{commit}`)).code === 0,
    fileAt: async (sha, file) => {
      const { code, stdout } = await git("cat-file", "blob", `${sha}:${file}`);
      return code === 0 ? stdout : null;
    },
    changesSince: (from) => must("log", "--all", ...plainPatch, "--format=fuller", "--not", from),
  };
}

const plainPatch = ["--text", "--patch", "--no-ext-diff", "--no-textconv"];
const logFormat = "--format=%H%x00%P%x00%T%x00%ce%x00%B%x1e";

function parseLog(output: string): readonly Commit[] {
  return output
    .split("\u001e")
    .map((entry) => entry.replace(/^\n/, "").split("\0"))
    .filter((parts) => parts.length === 5)
    .map(([sha = "", parents = "", tree = "", committerEmail = "", message = ""]) => ({
      sha,
      parents: parents.split(" ").filter((parent) => parent !== ""),
      tree,
      committerEmail,
      message,
    }));
}

type GitResult = { readonly code: number; readonly stdout: string; readonly stderr: string };

function runGit(gitDir: string, args: readonly string[]): Promise<GitResult> {
  const env = {
    PATH: "/usr/local/bin:/usr/bin:/bin",
    LC_ALL: "C",
    HOME: "/nonexistent",
    GIT_CONFIG_NOSYSTEM: "1",
    GIT_CONFIG_GLOBAL: "/dev/null",
    GIT_NO_REPLACE_OBJECTS: "1",
  };
  const limits = { env, timeout: gitTimeoutMs, maxBuffer: largestOutputBytes };
  // Its owner may be another user than ours; the path was handed to us.
  const trusted = ["-c", `safe.directory=${gitDir}`, "--git-dir", gitDir];
  return new Promise((resolve, reject) => {
    execFile("git", [...trusted, ...args], limits, (error, stdout, stderr) => {
      if (error === null) resolve({ code: 0, stdout, stderr });
      else if (typeof error.code === "number") resolve({ code: error.code, stdout, stderr });
      else reject(new Error(`git ${args[0] ?? ""} in ${gitDir} did not finish: ${error.message}`));
    });
  });
}
