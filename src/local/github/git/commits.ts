import { gitOutput, runGit } from "./run-git.ts";

/** Who wrote or committed, and when (ISO 8601, UTC). */
export type Signature = { readonly name: string; readonly email: string; readonly date: string };

/** One commit as git stores it. */
export type Commit = {
  readonly sha: string;
  readonly tree: string;
  readonly parents: readonly string[];
  readonly author: Signature;
  readonly committer: Signature;
  readonly message: string;
};

const FORMAT = ["%H", "%T", "%P", "%an", "%ae", "%at", "%cn", "%ce", "%ct", "%B"].join("%x00");

/** The full id of the commit a name leads to, or null. Names that look like options lead nowhere. */
export async function commitOf(gitDir: string, name: string): Promise<string | null> {
  const result = await runGit(gitDir, [
    "rev-parse",
    "--quiet",
    "--verify",
    "--end-of-options",
    `${name}^{commit}`,
  ]);
  return result.code === 0 ? result.stdout.trim() : null;
}

/** Commits that `range` selects, newest first, at most `limit`. */
export async function listCommits(
  gitDir: string,
  range: readonly string[],
  limit = 250,
): Promise<readonly Commit[]> {
  const text = await gitOutput(gitDir, [
    "log",
    "-z",
    `--max-count=${limit}`,
    `--format=tformat:${FORMAT}%x01`,
    ...range,
    "--",
  ]);
  return text
    .split("\u0001")
    .map((record) => record.replace(/^[\0\n]+/u, ""))
    .filter((record) => record !== "")
    .map(parseCommit);
}

/** The commit with this id. @throws Error when it is not in the repository */
export async function readCommit(gitDir: string, sha: string): Promise<Commit> {
  const [commit] = await listCommits(gitDir, [sha], 1);
  if (commit === undefined) throw new Error(`commit ${sha} not found`);
  return commit;
}

/** True when `ancestor` can be reached from `descendant` (a commit reaches itself). */
export async function isReachable(
  gitDir: string,
  ancestor: string,
  descendant: string,
  env: Readonly<Record<string, string>> = {},
): Promise<boolean> {
  const result = await runGit(gitDir, ["merge-base", "--is-ancestor", ancestor, descendant], {
    env,
  });
  return result.code === 0;
}

/** The best common ancestor of two commits, or null when their histories are unrelated. */
export async function mergeBase(gitDir: string, one: string, two: string): Promise<string | null> {
  const result = await runGit(gitDir, ["merge-base", one, two]);
  return result.code === 0 ? result.stdout.trim() : null;
}

/** How many commits `to` has that `from` has not. */
export async function countCommits(gitDir: string, from: string, to: string): Promise<number> {
  return Number(await gitOutput(gitDir, ["rev-list", "--count", `${from}..${to}`]));
}

function parseCommit(record: string): Commit {
  const [sha, tree, parents, an, ae, at, cn, ce, ct, ...message] = record.split("\0");
  return {
    sha: sha ?? "",
    tree: tree ?? "",
    parents: (parents ?? "").split(" ").filter((parent) => parent !== ""),
    author: signature(an, ae, at),
    committer: signature(cn, ce, ct),
    message: message.join("\0").replace(/\n+$/u, ""),
  };
}

function signature(
  name: string | undefined,
  email: string | undefined,
  seconds: string | undefined,
): Signature {
  const date = new Date(Number(seconds) * 1000).toISOString().replace(/\.\d+Z$/u, "Z");
  return { name: name ?? "", email: email ?? "", date };
}
