import { readBlob } from "./read-blob.ts";
import { gitOutput, runGit } from "./run-git.ts";

/** One file's change between two trees; `patch` null for binary files and pure renames. */
export type FileChange = {
  readonly status: "added" | "removed" | "modified" | "renamed" | "changed";
  readonly path: string;
  readonly previousPath: string | null;
  readonly blob: string;
  readonly additions: number;
  readonly deletions: number;
  readonly patch: string | null;
};

/** The unified diff of two commits or trees, with renames. */
export function diffText(gitDir: string, from: string, to: string): Promise<string> {
  return gitOutput(gitDir, [
    "diff-tree",
    "-r",
    "-p",
    "-M",
    "--no-ext-diff",
    "--no-textconv",
    from,
    to,
  ]);
}

/** The mails `git format-patch` makes of the commits in `from..to`. */
export function patchText(gitDir: string, from: string, to: string): Promise<string> {
  return gitOutput(gitDir, ["format-patch", "--stdout", "--no-ext-diff", `${from}..${to}`]);
}

/** The tree without any file, to diff a first commit against. */
export async function emptyTree(gitDir: string): Promise<string> {
  return (await gitOutput(gitDir, ["hash-object", "-t", "tree", "-w", "--stdin"])).trim();
}

/** File by file what changes from one commit or tree to another. */
export async function listChanges(
  gitDir: string,
  from: string,
  to: string,
): Promise<readonly FileChange[]> {
  const raw = await gitOutput(gitDir, ["diff-tree", "-r", "-M", "-z", "--raw", from, to]);
  const counts = await gitOutput(gitDir, ["diff-tree", "-r", "-M", "-z", "--numstat", from, to]);
  const patches = splitPatches(await diffText(gitDir, from, to));
  const numbers = parseNumbers(counts);
  return parseRaw(raw).map((change, index) => {
    const count = numbers[index];
    const patch = patches[index];
    const hunks = patch === undefined ? -1 : patch.indexOf("\n@@");
    return {
      ...change,
      additions: count?.additions ?? 0,
      deletions: count?.deletions ?? 0,
      patch: patch === undefined || hunks < 0 ? null : patch.slice(hunks + 1).replace(/\n$/u, ""),
    };
  });
}

/** Reads one file of a commit as bytes in base64, with its blob id; null when there is no such file. */
export async function readFileAt(
  gitDir: string,
  commit: string,
  path: string,
): Promise<{ readonly blob: string; readonly base64: string; readonly size: number } | null> {
  const listed = await listTree(gitDir, commit, path);
  const entry = listed.find((item) => item.path === path && item.type === "blob");
  if (entry === undefined) return null;
  const bytes = await readBlob(gitDir, entry.sha);
  return { blob: entry.sha, base64: bytes.toString("base64"), size: bytes.length };
}

/** One entry of a folder in a commit. */
export type TreeEntry = {
  readonly type: string;
  readonly sha: string;
  readonly size: number;
  readonly path: string;
};

/** The entry at `path`, or with a trailing slash (or an empty path) the entries of that folder. */
export async function listTree(
  gitDir: string,
  commit: string,
  path: string,
): Promise<readonly TreeEntry[]> {
  const paths = path === "" ? [] : [path];
  const result = await runGit(gitDir, [
    "ls-tree",
    "-z",
    "-l",
    "--full-tree",
    commit,
    "--",
    ...paths,
  ]);
  if (result.code !== 0) return [];
  return result.stdout.split("\0").flatMap((line) => {
    const match = /^\d+ (\w+) ([0-9a-f]+) +(\d+|-)\t([\s\S]+)$/u.exec(line);
    if (match === null) return [];
    const [, type = "", sha = "", size = "0", found = ""] = match;
    return [{ type, sha, size: size === "-" ? 0 : Number(size), path: found }];
  });
}

function parseRaw(text: string): Omit<FileChange, "additions" | "deletions" | "patch">[] {
  const fields = text.split("\0");
  const changes: Omit<FileChange, "additions" | "deletions" | "patch">[] = [];
  for (let at = 0; at < fields.length; ) {
    const header = fields[at] ?? "";
    at += 1;
    const match = /^:\d+ \d+ ([0-9a-f]+) ([0-9a-f]+) ([A-Z])/u.exec(header);
    if (match === null) continue;
    const [, before = "", after = "", letter = "M"] = match;
    const first = fields[at] ?? "";
    at += 1;
    const renamed = letter === "R";
    const second = renamed ? (fields[at] ?? "") : first;
    if (renamed) at += 1;
    changes.push({
      status: statusOf(letter),
      path: second,
      previousPath: renamed ? first : null,
      blob: letter === "D" ? before : after,
    });
  }
  return changes;
}

function statusOf(letter: string): FileChange["status"] {
  if (letter === "A") return "added";
  if (letter === "D") return "removed";
  if (letter === "R") return "renamed";
  return letter === "T" ? "changed" : "modified";
}

function parseNumbers(text: string): { additions: number; deletions: number }[] {
  const fields = text.split("\0");
  const numbers: { additions: number; deletions: number }[] = [];
  for (let at = 0; at < fields.length; at += 1) {
    const match = /^(\d+|-)\t(\d+|-)\t(.*)$/su.exec(fields[at] ?? "");
    if (match === null) continue;
    // A rename has an empty name here and its two names in the next two fields.
    if (match[3] === "") at += 2;
    numbers.push({ additions: Number(match[1]) || 0, deletions: Number(match[2]) || 0 });
  }
  return numbers;
}

function splitPatches(text: string): string[] {
  return text.split(/^(?=diff --git )/mu).filter((part) => part.startsWith("diff --git "));
}
