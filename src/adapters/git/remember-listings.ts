import type { FolderEntry } from "../../ports/git.ts";

// What a commit holds never changes, and is asked for again at every start in its tree.

const MOST_LISTINGS = 200;
const LARGEST_LISTING = 2_000;

type List = (what: {
  readonly sha: string;
  readonly folders: readonly string[];
}) => Promise<readonly FolderEntry[]>;

/** Keeps the last listings of moderate size; bounded to some megabytes. */
export function rememberListings() {
  const known = new Map<string, readonly FolderEntry[]>();
  return async (
    gitDir: string,
    what: Parameters<List>[0],
    list: List,
  ): Promise<readonly FolderEntry[]> => {
    const key = [gitDir, what.sha, ...what.folders].join("\0");
    const before = known.get(key);
    known.delete(key);
    const entries = before ?? (await list(what));
    if (entries.length <= LARGEST_LISTING) known.set(key, entries);
    const [oldest] = known.keys();
    if (known.size > MOST_LISTINGS && oldest !== undefined) known.delete(oldest);
    return entries;
  };
}
