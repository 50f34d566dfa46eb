import { createHash } from "node:crypto";
import type { RepositoryRef } from "../domain/epic.ts";
import { manifestInputs, type Setup, setupOf, type TreeFolder } from "../domain/setup.ts";
import type { FolderEntry, Git } from "../ports/git.ts";

// What a tree wants set up, read from git's objects: never from files that an agent can still change.

export type Wishes = {
  readonly setup: Setup;
  /** Equal for trees that want the same. */
  readonly inputs: readonly string[];
};

const MANIFEST = "package.json";
const LARGEST_MANIFEST = 500_000;
/** A tree with more folders at its root is looked at in these. */
const MOST_FOLDERS = 200;

/** @returns null where there is nothing to set up */
export async function wishesOf(
  git: Pick<Git, "list" | "readFile">,
  repository: RepositoryRef,
  { sha, command }: { readonly sha: string; readonly command: string | null },
): Promise<Wishes | null> {
  const root = await git.list(repository, { sha, folders: [""] });
  const names = root.filter(({ kind }) => kind === "folder").map(({ path }) => path);
  const folders = names.slice(0, MOST_FOLDERS);
  // Asked for only where the root says nothing.
  const setup =
    setupOf([folderOf("", root)], null) === null
      ? setupOf(
          [folderOf("", root), ...foldersOf(await git.list(repository, { sha, folders }))],
          command,
        )
      : setupOf([folderOf("", root)], command);
  if (setup === null) return null;
  const inputs = setup.inputs.map(async ({ path, sha: blob }) => {
    if (path.split("/").at(-1) !== MANIFEST) return `${path} ${blob}`;
    const file = { sha, path, maxBytes: LARGEST_MANIFEST };
    const text = (await git.readFile(repository, file)) ?? "";
    return `${path} ${createHash("sha256").update(manifestInputs(text)).digest("hex")}`;
  });
  return { setup, inputs: [setup.command, ...(await Promise.all(inputs))] };
}

function foldersOf(entries: readonly FolderEntry[]): readonly TreeFolder[] {
  const byFolder = Map.groupBy(entries, ({ path }) => path.slice(0, path.lastIndexOf("/")));
  return [...byFolder].map(([path, inside]) => folderOf(path, inside));
}

function folderOf(path: string, entries: readonly FolderEntry[]): TreeFolder {
  const files = entries.filter(({ kind }) => kind === "file");
  return {
    path,
    files: files.map((file) => ({ name: file.path.split("/").at(-1) ?? "", sha: file.sha })),
  };
}
