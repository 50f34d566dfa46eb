import { PortError } from "../../lib/port-error.ts";
import type { GitContext } from "./git-context.ts";
import { outputOf } from "./git-failure.ts";
import type { Mirror } from "./mirror.ts";
import { objectNameOf } from "./ref-name.ts";

/** One line of a tree, found anywhere below a commit or tree. */
type TreeEntry = {
  /** Six octal digits: `100644`, `100755`, `120000`, `160000`, `040000`. */
  readonly mode: string;
  readonly sha: string;
  /** Bytes as git keeps them; not always UTF-8. */
  readonly path: Buffer;
};

/** All files below a commit or tree. */
export async function listFiles(
  { run }: GitContext,
  mirror: Mirror,
  treeish: string,
): Promise<readonly TreeEntry[]> {
  const outcome = await run(mirror.gitDir, {
    args: ["ls-tree", "-r", "-z", "--full-tree", objectNameOf(treeish)],
  });
  return treeEntries(outputOf(outcome, `listing ${treeish} of ${mirror.name}`));
}

/** Reads what `ls-tree -z` printed: `<mode> <type> <sha>\t<path>\0` each. */
export function treeEntries(output: Buffer): readonly TreeEntry[] {
  return splitAtNul(output).map((line) => {
    const tab = line.indexOf("\t");
    const [mode = "", , sha = ""] = line.subarray(0, tab).toString("latin1").split(" ");
    return { mode, sha, path: line.subarray(tab + 1) };
  });
}

/** Parts of a NUL-terminated list. */
export function splitAtNul(output: Buffer): readonly Buffer[] {
  const parts: Buffer[] = [];
  for (let start = 0; start < output.length; ) {
    const end = output.indexOf(0, start);
    parts.push(output.subarray(start, end === -1 ? output.length : end));
    start = end === -1 ? output.length : end + 1;
  }
  return parts;
}

/**
 * Sizes of objects in bytes.
 *
 * @throws {PortError} `git`, not retryable, when one is missing
 */
export async function sizesOf(
  { run }: GitContext,
  mirror: Mirror,
  shas: readonly string[],
): Promise<ReadonlyMap<string, number>> {
  if (shas.length === 0) return new Map();
  const outcome = await run(mirror.gitDir, {
    args: ["cat-file", "--batch-check=%(objectname) %(objectsize)"],
    stdin: shas.map((sha) => `${objectNameOf(sha)}\n`).join(""),
  });
  const lines = outputOf(outcome, `sizes of objects of ${mirror.name}`).toString().trim();
  return new Map(
    lines.split("\n").map((line) => {
      const [sha = "", size = ""] = line.split(" ");
      if (!/^\d+$/.test(size)) throw missingObject(mirror, sha);
      return [sha, Number(size)] as const;
    }),
  );
}

/**
 * Contents of objects, whole.
 *
 * @param shas their sizes have been checked by the caller
 * @throws {PortError} `git`, not retryable, when one is missing
 */
export async function contentsOf(
  { run }: GitContext,
  mirror: Mirror,
  shas: readonly string[],
): Promise<ReadonlyMap<string, Buffer>> {
  const contents = new Map<string, Buffer>();
  if (shas.length === 0) return contents;
  const outcome = await run(mirror.gitDir, {
    args: ["cat-file", "--batch=%(objectname) %(objectsize)"],
    stdin: shas.map((sha) => `${objectNameOf(sha)}\n`).join(""),
  });
  const output = outputOf(outcome, `reading objects of ${mirror.name}`);
  for (let at = 0; at < output.length; ) {
    const lineEnd = output.indexOf("\n", at);
    const [sha = "", size = ""] = output.subarray(at, lineEnd).toString("latin1").split(" ");
    if (!/^\d+$/.test(size)) throw missingObject(mirror, sha);
    const start = lineEnd + 1;
    contents.set(sha, output.subarray(start, start + Number(size)));
    at = start + Number(size) + 1;
  }
  return contents;
}

function missingObject(mirror: Mirror, sha: string): PortError {
  return new PortError("git", `object ${sha} is missing from the mirror of ${mirror.name}`, {
    retryable: false,
  });
}
