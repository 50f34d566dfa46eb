import { existsSync, lstatSync, readlinkSync } from "node:fs";
import path from "node:path";
import { fileURLToPath } from "node:url";

// Where things are on this host, so that a cell's arguments are a pure function of it.

/** A folder of the system as the cell gets it: bound read-only, or the same symbolic link. */
export type SystemFolder =
  | { readonly kind: "bind"; readonly path: string }
  | { readonly kind: "link"; readonly path: string; readonly target: string };

export type HostLayout = {
  readonly bwrap: string;
  /** The Node.js this program runs on. */
  readonly node: string;
  /** The folder of package.json. */
  readonly packageRoot: string;
  /** The folder of the scripts and files that cells get from this adapter. */
  readonly cellFiles: string;
  readonly system: readonly SystemFolder[];
  readonly isRoot: boolean;
};

const SYSTEM_FOLDERS = ["/usr", "/bin", "/sbin", "/lib", "/lib32", "/lib64", "/libx32"] as const;

/** Reads the layout of this host; cheap, and the same for the life of the process. */
export function readHostLayout(): HostLayout {
  const here = path.dirname(fileURLToPath(import.meta.url));
  return {
    bwrap: existsSync("/usr/bin/bwrap") ? "/usr/bin/bwrap" : "bwrap",
    node: process.execPath,
    packageRoot: path.resolve(here, "../../.."),
    cellFiles: path.join(here, "cell"),
    system: SYSTEM_FOLDERS.flatMap(readSystemFolder),
    isRoot: process.getuid?.() === 0,
  };
}

function readSystemFolder(folder: string): readonly SystemFolder[] {
  const stats = lstatSync(folder, { throwIfNoEntry: false });
  if (stats === undefined) return [];
  if (stats.isSymbolicLink()) return [{ kind: "link", path: folder, target: readlinkSync(folder) }];
  return [{ kind: "bind", path: folder }];
}
