import { createHash, randomUUID } from "node:crypto";
import { access, mkdir, rename, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { PortError } from "../../lib/port-error.ts";
import type { MergeResult } from "../../ports/git.ts";
import type { GitContext } from "./git-context.ts";
import { localFailure } from "./git-failure.ts";
import { type AttributesFile, mergeAttributes } from "./merge-attributes.ts";
import type { Mirror } from "./mirror.ts";
import { contentsOf, listFiles, sizesOf, splitAtNul } from "./objects.ts";
import { objectNameOf } from "./ref-name.ts";

const maxConflictFiles = 100;
const maxConflictOutput = 20_000;

/** Merges two commits in memory. Implements `Git.mergeTree`. */
export async function mergeTrees(
  context: GitContext,
  mirror: Mirror,
  ours: string,
  theirs: string,
): Promise<MergeResult> {
  const attributesFile = await writeAttributes(context, mirror, objectNameOf(ours));
  const outcome = await context.run(mirror.gitDir, {
    args: [
      "merge-tree",
      "--write-tree",
      "--name-only",
      "-z",
      "--messages",
      ours,
      objectNameOf(theirs),
    ],
    config: { "core.attributesFile": attributesFile },
  });
  // Exit 1 also is how git ends on some errors; only with a tree is it a conflict.
  const parts = splitAtNul(outcome.stdout).map(String);
  const tree = parts[0] ?? "";
  if (outcome.exitCode > 1 || !/^[0-9a-f]{40,64}$/.test(tree)) {
    throw localFailure(`merge of ${theirs} into ${ours} in ${mirror.name}`, outcome);
  }
  if (outcome.exitCode === 0) return { kind: "clean", tree };
  return { kind: "conflict", tree, ...conflictsIn(parts) };
}

/** `<tree> <path>… <empty> (<count> <path>… <kind> <message>)…`, each ended by NUL. */
function conflictsIn(parts: readonly string[]): {
  readonly files: readonly string[];
  readonly output: string;
} {
  const end = parts.indexOf("", 1);
  const files = parts.slice(1, end === -1 ? parts.length : end);
  const messages: string[] = [];
  for (let at = end + 1; end !== -1 && at < parts.length; ) {
    const next = at + Number(parts[at]) + 3;
    messages.push(parts[next - 1]?.trimEnd() ?? "");
    at = Number.isInteger(next) ? next : parts.length;
  }
  return {
    files: [...new Set(files)].slice(0, maxConflictFiles),
    output: messages.join("\n").slice(0, maxConflictOutput),
  };
}

/**
 * Puts the merge attributes of a commit where git reads them, whole and per content, so that two
 * merges at once never see each other's.
 *
 * @returns the file's path; `/dev/null` when the commit says nothing about merging
 */
async function writeAttributes(
  context: GitContext,
  mirror: Mirror,
  commit: string,
): Promise<string> {
  const text = mergeAttributes(await readAttributes(context, mirror, commit));
  if (text === "") return "/dev/null";
  const folder = join(mirror.home, "merge-attributes");
  const file = join(folder, createHash("sha256").update(text, "latin1").digest("hex"));
  if (await isThere(file)) return file;
  await mkdir(folder, { recursive: true });
  const draft = `${file}.${randomUUID()}`;
  await writeFile(draft, text, { encoding: "latin1", flag: "wx", flush: true });
  await rename(draft, file);
  return file;
}

async function readAttributes(
  context: GitContext,
  mirror: Mirror,
  commit: string,
): Promise<readonly AttributesFile[]> {
  const files = (await listFiles(context, mirror, commit)).filter(
    ({ mode, path }) =>
      mode.startsWith("100") && /(^|\/)\.gitattributes$/.test(path.toString("latin1")),
  );
  const shas = [...new Set(files.map(({ sha }) => sha))];
  const sizes = await sizesOf(context, mirror, shas);
  const total = [...sizes.values()].reduce((sum, size) => sum + size, 0);
  if (total > context.limits.maxAttributesBytes) {
    throw new PortError(
      "git",
      `the .gitattributes files of ${commit} in ${mirror.name} hold ${total} bytes, more than maxAttributesBytes (${context.limits.maxAttributesBytes})`,
      { retryable: false },
    );
  }
  const contents = await contentsOf(context, mirror, shas);
  return files.map(({ sha, path }) => ({
    folder: path.toString("latin1").replace(/\/?\.gitattributes$/, ""),
    text: contents.get(sha)?.toString("latin1") ?? "",
  }));
}

async function isThere(path: string): Promise<boolean> {
  return access(path).then(
    () => true,
    () => false,
  );
}
