// What agents and people may read of a repository: from objects of a pinned commit, never from files.

import type { FolderEntry } from "../../ports/git.ts";
import type { GitContext } from "./git-context.ts";
import { localFailure, outputOf } from "./git-failure.ts";
import type { Mirror } from "./mirror.ts";
import { treeEntries } from "./objects.ts";
import { objectNameOf } from "./ref-name.ts";

/** Implements `Git.diff`. */
export async function diffCommits(
  { run }: GitContext,
  mirror: Mirror,
  range: { readonly from: string; readonly to: string; readonly maxBytes: number },
): Promise<string> {
  const outcome = await run(mirror.gitDir, {
    args: [
      "diff-tree",
      "-r",
      "--patch",
      "--find-renames",
      "--no-color",
      "--no-ext-diff",
      "--no-textconv",
      "--ignore-submodules=none",
      "--submodule=short",
      "--src-prefix=a/",
      "--dst-prefix=b/",
      objectNameOf(range.from),
      objectNameOf(range.to),
    ],
    maxOutputBytes: range.maxBytes,
    overflow: "cut",
  });
  const diff = outputOf(outcome, `diff of ${range.from} and ${range.to} in ${mirror.name}`);
  if (!outcome.isCut) return diff.toString();
  const wholeLines = diff.subarray(0, diff.lastIndexOf("\n") + 1).toString();
  return `${wholeLines}[the diff is longer than ${range.maxBytes} bytes and cut here]\n`;
}

/** Implements `Git.readFile`. */
export async function readCommittedFile(
  { run }: GitContext,
  mirror: Mirror,
  file: { readonly sha: string; readonly path: string; readonly maxBytes: number },
): Promise<string | null> {
  if (!isPlainPath(file.path)) return null;
  const what = `reading ${JSON.stringify(file.path)} of ${file.sha} in ${mirror.name}`;
  const listed = await run(mirror.gitDir, {
    args: ["ls-tree", "-z", "--full-tree", objectNameOf(file.sha), "--", file.path],
  });
  const entry = treeEntries(outputOf(listed, what)).find(
    ({ path }) => path.toString() === file.path,
  );
  if (entry === undefined || (entry.mode !== "100644" && entry.mode !== "100755")) return null;
  const outcome = await run(mirror.gitDir, {
    args: ["cat-file", "blob", objectNameOf(entry.sha)],
    maxOutputBytes: file.maxBytes,
    overflow: "cut",
  });
  if (outcome.exitCode !== 0) throw localFailure(what, outcome);
  if (!outcome.isCut) return outcome.stdout.toString();
  return `${wholeCharacters(outcome.stdout)}\n[the file is longer than ${file.maxBytes} bytes and cut here]\n`;
}

/** Implements `Git.list`. */
export async function listFolders(
  { run }: GitContext,
  mirror: Mirror,
  { sha, folders }: { readonly sha: string; readonly folders: readonly string[] },
): Promise<readonly FolderEntry[]> {
  const wanted = folders.filter((folder) => folder === "" || isPlainPath(folder));
  if (wanted.length === 0) return [];
  // Names end with a slash, so that it is their content that is listed.
  const paths = wanted.includes("") ? [] : ["--", ...wanted.map((folder) => `${folder}/`)];
  const outcome = await run(mirror.gitDir, {
    args: ["ls-tree", "-z", "--full-tree", objectNameOf(sha), ...paths],
  });
  return entriesOf(outputOf(outcome, `listing ${sha} of ${mirror.name}`));
}

/** Implements `Git.listAll`. */
export async function listWholeTree(
  { run }: GitContext,
  mirror: Mirror,
  sha: string,
): Promise<readonly FolderEntry[]> {
  const outcome = await run(mirror.gitDir, {
    args: ["ls-tree", "-r", "-t", "-z", "--full-tree", objectNameOf(sha)],
  });
  return entriesOf(outputOf(outcome, `listing all of ${sha} of ${mirror.name}`));
}

function entriesOf(output: Buffer): readonly FolderEntry[] {
  return treeEntries(output).map(({ mode, sha, path }) => ({
    path: path.toString(),
    sha,
    kind: mode === "040000" ? "folder" : mode.startsWith("100") ? "file" : "other",
  }));
}

const maxPathBytes = 512;

/** A path as a tree can hold it: relative, without dots, in composed Unicode, of printable characters. */
function isPlainPath(path: string): boolean {
  return (
    Buffer.byteLength(path) <= maxPathBytes &&
    path.isWellFormed() &&
    path.normalize("NFC") === path &&
    !/\p{Cc}/u.test(path) &&
    path.split("/").every((part) => part !== "" && part !== "." && part !== "..")
  );
}

/** Decodes up to the last whole UTF-8 character. */
function wholeCharacters(bytes: Buffer): string {
  return new TextDecoder().decode(bytes, { stream: true });
}
