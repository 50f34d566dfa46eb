import type { RepositoryRef } from "../domain/epic.ts";
import { type Setup, setupOf, type TreeFolder } from "../domain/setup.ts";
import type { FolderEntry, Git } from "../ports/git.ts";
import { type InputSettings, inputsOf } from "./tree-inputs.ts";

// What a tree wants set up, read from git's objects: never from files that an agent can still change.

export type Wishes = {
  readonly setup: Setup;
  /** Equal for trees that want the same. */
  readonly inputs: readonly string[];
};

/** @returns null where there is nothing to set up */
export type ReadWishes = (repository: RepositoryRef, sha: string) => Promise<Wishes | null>;

/** A tree with more folders at its root is looked at in these. */
const MOST_FOLDERS = 200;
/** Trees never change: what the last ones want is asked for again and again. */
const MOST_KNOWN = 200;

/** Reads what trees want, each once. */
export function createWishReader(
  git: Pick<Git, "listAll" | "readFile">,
  settings: InputSettings,
): ReadWishes {
  const known = new Map<string, Promise<Wishes | null>>();
  return async (repository, sha) => {
    const name = `${repository.id} ${sha}`;
    const earlier = known.get(name);
    if (earlier !== undefined) return await earlier;
    const wishes = wishesOf(git, settings, repository, sha);
    known.set(name, wishes);
    const [oldest] = known.keys();
    if (known.size > MOST_KNOWN && oldest !== undefined) known.delete(oldest);
    try {
      return await wishes;
    } catch (error) {
      known.delete(name);
      throw error;
    }
  };
}

async function wishesOf(
  git: Pick<Git, "listAll" | "readFile">,
  settings: InputSettings,
  repository: RepositoryRef,
  sha: string,
): Promise<Wishes | null> {
  const entries = await git.listAll(repository, sha);
  const setup = setupOf(foldersOf(entries), settings.command);
  if (setup === null) return null;
  const read = (path: string, maxBytes: number) =>
    git.readFile(repository, { sha, path, maxBytes });
  const inputs = await inputsOf({ entries, read }, setup, settings);
  return { setup, inputs: [setup.command, ...inputs] };
}

/** The root, and the folders right below it. */
function foldersOf(entries: readonly FolderEntry[]): readonly TreeFolder[] {
  const files = new Map<string, string[]>([["", []]]);
  for (const { path, kind } of entries) {
    const [first = "", second, third] = path.split("/");
    if (kind !== "file" || third !== undefined) continue;
    const [folder, name] = second === undefined ? ["", first] : [first, second];
    const inside = files.get(folder);
    if (inside !== undefined) inside.push(name);
    else if (files.size <= MOST_FOLDERS) files.set(folder, [name]);
  }
  return [...files].map(([path, names]) => ({ path, files: names }));
}
