import type { TreeProblem } from "../../ports/git.ts";
import type { GitContext } from "./git-context.ts";
import { outputOf } from "./git-failure.ts";
import type { Mirror } from "./mirror.ts";
import { contentsOf, sizesOf, splitAtNul } from "./objects.ts";
import { foldedName, isBadPath, linkStaysInside, quotedPath } from "./path-name.ts";
import { objectNameOf } from "./ref-name.ts";
import type { TreeRules } from "./tree-rules.ts";

type TreeComparison = { readonly tree: string; readonly baseTree: string };

type Change = {
  /** `000000` where the path is gone. */
  readonly mode: string;
  readonly sha: string;
  readonly path: Buffer;
};

/** Judges what a cell changed between two trees, from objects alone. Implements `Git.problemsOf`. */
export async function problemsOfTree(
  context: GitContext,
  mirror: Mirror,
  { tree, baseTree }: TreeComparison,
  rules: TreeRules,
): Promise<readonly TreeProblem[]> {
  const outcome = await context.run(mirror.gitDir, {
    args: [
      "diff-tree",
      "-r",
      "-z",
      "--raw",
      "--no-abbrev",
      "--no-renames",
      "--no-ext-diff",
      "--ignore-submodules=none",
      objectNameOf(baseTree),
      objectNameOf(tree),
    ],
    overflow: "cut",
  });
  const changes = changesIn(outputOf(outcome, `comparing ${tree} with ${baseTree}`));
  const first = changes[rules.maxChangedPaths];
  if (outcome.isCut || first !== undefined) {
    return [{ path: quotedPath(first?.path ?? Buffer.from(".")), problem: "tooMany" }];
  }
  return [
    ...changes.flatMap((change) => problemsOfName(change, rules)),
    ...lockFileProblems(changes, rules),
    ...(await problemsOfContent(context, mirror, changes, rules)),
  ];
}

/** Pairs of `:<mode> <mode> <sha> <sha> <status>` and path, each ended by NUL. */
function changesIn(output: Buffer): readonly Change[] {
  const parts = splitAtNul(output);
  const changes: Change[] = [];
  for (let at = 0; at + 1 < parts.length; at += 2) {
    const [, mode = "", , sha = ""] = String(parts[at]).split(" ");
    changes.push({ mode, sha, path: parts[at + 1] ?? Buffer.alloc(0) });
  }
  return changes;
}

function problemsOfName({ mode, path }: Change, rules: TreeRules): readonly TreeProblem[] {
  const problems: TreeProblem["problem"][] = [];
  const protectedNames = new Set(rules.protectedNames.map(foldedName));
  if (mode !== gone && isBadPath(path)) problems.push("badName");
  if (mode === "160000") problems.push("submodule");
  const names = path.toString().split("/").map(foldedName);
  const isProtectedLink = mode === symlink && rules.protectSymlinks;
  if (isProtectedLink || names.some((name) => protectedNames.has(name))) problems.push("protected");
  return problems.map((problem) => ({ path: quotedPath(path), problem }));
}

/** New versions of other people's code with nothing that needs them. */
function lockFileProblems(
  changes: readonly Change[],
  { lockFiles }: TreeRules,
): readonly TreeProblem[] {
  const names = new Set(lockFiles.map(foldedName));
  const isLockFile = ({ path }: Change): boolean =>
    names.has(foldedName(path.toString().split("/").at(-1) ?? ""));
  if (!changes.every(isLockFile)) return [];
  return changes.map(({ path }) => ({ path: quotedPath(path), problem: "protected" }));
}

async function problemsOfContent(
  context: GitContext,
  mirror: Mirror,
  changes: readonly Change[],
  { maxFileBytes }: TreeRules,
): Promise<readonly TreeProblem[]> {
  const withContent = changes.filter(({ mode }) => mode !== gone && mode !== "160000");
  const sizes = await sizesOf(context, mirror, unique(withContent));
  const isTooLarge = ({ mode, sha }: Change): boolean =>
    (sizes.get(sha) ?? 0) > (mode === symlink ? maxTargetBytes : maxFileBytes);
  const links = withContent.filter((change) => change.mode === symlink && !isTooLarge(change));
  const targets = await contentsOf(context, mirror, unique(links));
  const leaving = links.filter(
    ({ path, sha }) => !linkStaysInside(path.toString("latin1"), targetText(targets.get(sha))),
  );
  return [
    ...withContent
      .filter(isTooLarge)
      .map(({ path }) => ({ path: quotedPath(path), problem: "tooLarge" as const })),
    ...leaving.map(({ path }) => ({ path: quotedPath(path), problem: "symlinkOutside" as const })),
  ];
}

const gone = "000000";
const symlink = "120000";

/** Linux follows no longer one. */
const maxTargetBytes = 4_096;

function targetText(target: Buffer | undefined): string {
  return target?.toString() ?? "";
}

function unique(changes: readonly Change[]): readonly string[] {
  return [...new Set(changes.map(({ sha }) => sha))];
}
