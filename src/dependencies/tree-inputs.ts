import { createHash } from "node:crypto";
import { posix } from "node:path";
import type { Setup } from "../domain/setup.ts";
import {
  inputsAmong,
  inputsNamed,
  isCompiledWhileInstalling,
  type Manifest,
  pathsInRequirements,
  readManifest,
  runsWhileInstalling,
} from "../domain/setup-inputs.ts";
import type { FolderEntry } from "../ports/git.ts";

// Everything in a tree that the result of its setup depends on. Where programs of the tree run, they
// may read any file: then all of it counts, unless an operator says what does.

export type InputSettings = {
  /** What sets a tree up instead of what its lock files say; null: nothing. */
  readonly command: string | null;
  /** What counts beside lock files and manifests; null: everything, where programs of the tree run. */
  readonly inputs: readonly string[] | null;
  /** Whether packages may run programs of theirs while they are installed. */
  readonly scripts: boolean;
};

export type ReadTree = {
  readonly entries: readonly FolderEntry[];
  readonly read: (path: string, maxBytes: number) => Promise<string | null>;
};

const MANIFEST = "package.json";
const LARGEST_FILE = 500_000;
/** More manifests and lists than these are not read: then all of the tree counts. */
const MOST_READ = 200;
const ARCHIVE = /\.(whl|zip|tgz|gz|bz2|xz|tar)$/;

/** @returns texts that are equal for trees whose setups give the same */
export async function inputsOf(
  tree: ReadTree,
  setup: Setup,
  settings: InputSettings,
): Promise<readonly string[]> {
  const byName = inputsAmong(tree.entries, setup.inputs);
  const manifests = await manifestsAmong(tree, byName);
  const listed = await listedBy(tree, setup.inputs.lists);
  const taken = takenFrom(tree.entries, manifests);
  const given = inputsNamed(tree.entries, settings.inputs ?? []);
  const isWhole =
    settings.command !== null ||
    manifests === null ||
    listed === null ||
    (settings.scripts && hasScripts(tree.entries, manifests)) ||
    byName.some(({ path, kind }) => kind === "other" || runsWhileInstalling(path));
  const whole = isWhole && settings.inputs === null ? [wholeOf(tree.entries)] : [];
  const files = [...byName, ...(listed ?? []), ...taken, ...given].map((entry) => {
    const inputs = manifests?.get(entry.path)?.inputs ?? null;
    return `${entry.path} ${inputs === null ? entry.sha : digest(inputs)}`;
  });
  return [...whole, ...[...new Set(files)].sort()];
}

function hasScripts(
  entries: readonly FolderEntry[],
  manifests: ReadonlyMap<string, Manifest>,
): boolean {
  return (
    isCompiledWhileInstalling(entries) || [...manifests.values()].some((one) => one.hasScripts)
  );
}

/** null where there are too many. */
async function manifestsAmong(
  { read }: ReadTree,
  entries: readonly FolderEntry[],
): Promise<ReadonlyMap<string, Manifest> | null> {
  const found = entries.filter(
    ({ path, kind }) => kind === "file" && posix.basename(path) === MANIFEST,
  );
  if (found.length > MOST_READ) return null;
  const manifests = new Map<string, Manifest>();
  for (const { path } of found)
    manifests.set(path, readManifest((await read(path, LARGEST_FILE)) ?? ""));
  return manifests;
}

/** What manifests take from files of the tree. */
function takenFrom(
  entries: readonly FolderEntry[],
  manifests: ReadonlyMap<string, Manifest> | null,
): readonly FolderEntry[] {
  const wanted = new Set<string>();
  for (const [path, { paths }] of manifests ?? [])
    for (const one of paths) wanted.add(within(posix.dirname(path), one));
  return entries.filter(({ path }) => wanted.has(path));
}

/**
 * What lists of requirements name, those that they name included; null: the tree itself, or too many.
 */
async function listedBy(
  { entries, read }: ReadTree,
  lists: readonly string[],
): Promise<readonly FolderEntry[] | null> {
  const byPath = new Map(entries.map((entry) => [entry.path, entry]));
  const found = new Map<string, FolderEntry>();
  const ahead = lists.map((path) => ({ path, from: posix.dirname(path) }));
  for (let next = ahead.pop(); next !== undefined; next = ahead.pop()) {
    const { path, from } = next;
    const entry = byPath.get(path);
    if (path === "." || entry?.kind === "other") return null;
    if (entry === undefined || found.has(path)) continue;
    if (found.size >= MOST_READ) return null;
    found.set(path, entry);
    if (entry.kind !== "file" || ARCHIVE.test(path)) continue;
    const named = pathsInRequirements((await read(path, LARGEST_FILE)) ?? "");
    // Lists are found beside the one that names them, all else from where pip runs.
    const bases = new Set([posix.dirname(path), from]);
    for (const base of bases)
      for (const one of named) ahead.push({ path: within(base, one), from });
  }
  return [...found.values()];
}

/** A path as git lists it; `.` is the tree itself. */
function within(folder: string, path: string): string {
  return posix.join(folder, path).replace(/(?<=.)\/+$/, "");
}

function wholeOf(entries: readonly FolderEntry[]): string {
  const roots = entries.filter(({ path }) => !path.includes("/"));
  return `everything ${digest(roots.map(({ path, sha }) => `${path} ${sha}`).join("\n"))}`;
}

function digest(text: string): string {
  return createHash("sha256").update(text).digest("hex");
}
