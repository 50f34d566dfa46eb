import { existsSync, lstatSync, readFileSync, readlinkSync } from "node:fs";
import path from "node:path";
import { fileURLToPath } from "node:url";
import { PortError } from "../../lib/port-error.ts";
import { findNpm } from "./find-npm.ts";

// Where things are on this host, so that a cell's arguments are a pure function of it.

/** A folder of the system as the cell gets it: bound read-only, or the same symbolic link. */
export type SystemFolder =
  | { readonly kind: "bind"; readonly from: string; readonly path: string }
  | { readonly kind: "link"; readonly path: string; readonly target: string };

export type HostLayout = {
  readonly bwrap: string;
  /** The Node.js this program runs on. */
  readonly node: string;
  /** The folder of the bundled harness; null: no agent lives in these cells. */
  readonly harness: string | null;
  /** The folder of package.json. */
  readonly packageRoot: string;
  /** The folder of the scripts and files that cells get from this adapter. */
  readonly cellFiles: string;
  /** Of this host: what stands around a cell runs on it. */
  readonly system: readonly SystemFolder[];
  /** What cells see as theirs: the same, or that of a root file system. */
  readonly cellSystem: readonly SystemFolder[];
  /** Where the few files of /etc come from that cells see. */
  readonly etc: string;
  /** The folder of an npm that cells would not see; null: they have the system's, or none. */
  readonly npm: string | null;
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

/**
 * Reads the layout of this host; cheap, and the same for the life of the process.
 *
 * @param programs where npm is looked for, as PATH lists folders
 * @param bwrap the program that makes cells; null: the system's
 * @param harness the folder of the bundled harness
 * @param rootfs absolute folder with a `usr` of its own, which cells get instead of the host's
 * @throws {PortError} `sandbox`, when it has none
 */
export function readHostLayout(
  rootfs: string | null = null,
  programs = "",
  bwrap: string | null = null,
  harness: string | null = null,
): HostLayout {
  if (rootfs !== null) requireSystem(rootfs);
  const system = SYSTEM_FOLDERS.flatMap((folder) => readSystemFolder("", folder));
  const here = path.dirname(fileURLToPath(import.meta.url));
  return {
    bwrap: bwrap ?? (existsSync("/usr/bin/bwrap") ? "/usr/bin/bwrap" : "bwrap"),
    node: process.execPath,
    harness,
    packageRoot: path.resolve(here, "../../.."),
    cellFiles: path.join(here, "cell"),
    system,
    cellSystem:
      rootfs === null
        ? system
        : SYSTEM_FOLDERS.flatMap((folder) => readSystemFolder(rootfs, folder)),
    etc: path.join(rootfs ?? "/", "etc"),
    npm: findNpm(programs),
    isRoot: process.getuid?.() === 0,
    isUmaskOpen: (readUmask(readFileSync("/proc/self/status", "utf8")) & 0o055) === 0,
    ceilings: readCeilings(readFileSync("/proc/self/limits", "utf8")),
  };
}

function readSystemFolder(root: string, folder: string): readonly SystemFolder[] {
  const from = root + folder;
  const stats = lstatSync(from, { throwIfNoEntry: false });
  if (stats === undefined) return [];
  if (stats.isSymbolicLink()) return [{ kind: "link", path: folder, target: readlinkSync(from) }];
  return [{ kind: "bind", from, path: folder }];
}

/** What the product itself runs in every cell. */
const NEEDED = ["usr/bin/sh", "usr/bin/prlimit", "usr/bin/git", "usr/bin/find"] as const;

function requireSystem(rootfs: string): void {
  const missing = path.isAbsolute(rootfs)
    ? NEEDED.filter((file) => !existsSync(path.join(rootfs, file)))
    : ["an absolute path"];
  if (missing.length === 0) return;
  const message = `ROOTFS ${rootfs} cannot be the system of cells: it lacks ${missing.join(", ")}`;
  throw new PortError("sandbox", message, { retryable: false });
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
