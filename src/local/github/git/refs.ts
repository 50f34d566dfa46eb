import { gitOutput, runGit } from "./run-git.ts";

export const NO_COMMIT = "0".repeat(40);

/** Every branch and tag and where it is, e.g. `refs/heads/main` → full id. */
export async function listRefs(
  gitDir: string,
  prefixes: readonly string[] = ["refs/heads/", "refs/tags/"],
): Promise<ReadonlyMap<string, string>> {
  const text = await gitOutput(gitDir, [
    "for-each-ref",
    "--format=%(refname) %(objectname)",
    ...prefixes,
  ]);
  const refs = new Map<string, string>();
  for (const line of text.split("\n")) {
    const [ref, sha] = line.split(" ");
    if (ref !== undefined && sha !== undefined) refs.set(ref, sha);
  }
  return refs;
}

/** Where one ref is, or null when there is no such ref. The name is taken literally. */
export async function refTip(gitDir: string, ref: string): Promise<string | null> {
  const result = await runGit(gitDir, ["show-ref", "--verify", "--hash", "--", ref]);
  return result.code === 0 ? result.stdout.trim() : null;
}

/** True when git accepts this as the full name of a ref. */
export async function isRefName(gitDir: string, ref: string): Promise<boolean> {
  if (!ref.startsWith("refs/") || ref.startsWith("-")) return false;
  return (await runGit(gitDir, ["check-ref-format", ref])).code === 0;
}

/**
 * Moves, makes (`from` is NO_COMMIT) or deletes (`to` is null) a ref if it still is at `from`.
 *
 * @returns false when the ref was elsewhere meanwhile, or cannot be made (a name that is a folder of others)
 */
export async function moveRef(
  gitDir: string,
  ref: string,
  from: string,
  to: string | null,
): Promise<boolean> {
  const line = to === null ? `delete ${ref} ${from}\n` : `update ${ref} ${to} ${from}\n`;
  return (await runGit(gitDir, ["update-ref", "--stdin"], { input: line })).code === 0;
}

/** The ids and types of objects by name, e.g. `HEAD:src/a.ts`; null where there is none. */
export async function objectType(gitDir: string, name: string): Promise<string | null> {
  const result = await runGit(gitDir, ["cat-file", "-t", name]);
  return result.code === 0 ? result.stdout.trim() : null;
}
