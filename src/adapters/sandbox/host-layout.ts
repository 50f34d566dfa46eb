import { existsSync, lstatSync, readFileSync, readlinkSync } from "node:fs";
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
  /** Whether files that the product makes can be read by cells of another user. */
  readonly isUmaskOpen: boolean;
  readonly ceilings: Ceilings;
};

/** This process's own hard limits, above which no cell's can be set; Infinity where there is none. */
export type Ceilings = {
  readonly processes: number;
  readonly fileBytes: number;
  readonly openFiles: number;
  readonly memoryBytes: number;
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
    isUmaskOpen: (readUmask(readFileSync("/proc/self/status", "utf8")) & 0o055) === 0,
    ceilings: readCeilings(readFileSync("/proc/self/limits", "utf8")),
  };
}

function readSystemFolder(folder: string): readonly SystemFolder[] {
  const stats = lstatSync(folder, { throwIfNoEntry: false });
  if (stats === undefined) return [];
  if (stats.isSymbolicLink()) return [{ kind: "link", path: folder, target: readlinkSync(folder) }];
  return [{ kind: "bind", path: folder }];
}

/** @param limits the table of proc(5), `/proc/self/limits` */
export function readCeilings(limits: string): Ceilings {
  const hardLimit = (name: string): number => {
    const [, hard] = new RegExp(`^${name} +\\S+ +(\\S+)`, "m").exec(limits) ?? [];
    return hard === undefined || hard === "unlimited" ? Number.POSITIVE_INFINITY : Number(hard);
  };
  return {
    processes: hardLimit("Max processes"),
    fileBytes: hardLimit("Max file size"),
    openFiles: hardLimit("Max open files"),
    memoryBytes: hardLimit("Max data size"),
  };
}

function readUmask(status: string): number {
  return Number.parseInt(/^Umask:\s+([0-7]+)$/m.exec(status)?.[1] ?? "777", 8);
}
