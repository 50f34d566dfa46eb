import path from "node:path";
import type { LentDependencies } from "../../ports/dependencies.ts";
import type { Worktree } from "../../ports/git.ts";
import type { CellLimits } from "./cell-limits.ts";
import {
  DEPENDENCY_ENVIRONMENT,
  lentBinds,
  SHARED_DEPENDENCIES,
} from "./dependencies/lent-argv.ts";
import { CELL_MARK } from "./end-cell.ts";
import type { Ceilings, HostLayout, SystemFolder } from "./host-layout.ts";

// The arguments that make a cell. Pure: everything of the host comes in as the layout.

/** Where things are inside every cell. */
export const CELL_PATHS = {
  product: "/opt/factory",
  /** Holds the product's own Node.js as `node`. */
  bin: "/opt/factory/bin",
  sources: "/opt/factory/src/harness",
  /** The harness as it runs: without packages. */
  harness: "/opt/factory/harness",
  scripts: "/opt/factory/cell",
  home: "/home/agent",
  /** The broker's socket and the life's token. */
  broker: "/run/factory",
  /** The throw-away tree of a verification. */
  verify: "/work/tree",
} as const;

const CELL_UID = "65534";

// Read-only, and only where the host has them: programs are found through some of these.
const SHARED_ETC = ["ld.so.cache", "alternatives", "localtime"] as const;

/** What goes into a cell besides the system. */
export type CellContents = {
  /** By which the cell is found when it is to end. */
  readonly mark: string;
  readonly worktree: Worktree | null;
  /** Bound read-only; the objects of the repository. */
  readonly mirror: string | null;
  readonly brokerDir: string | null;
  /** Further folders, bound writable: host path to cell path. */
  readonly writable: readonly { readonly from: string; readonly to: string }[];
  /** Further folders, bound read-only at the same path: tool chains outside /usr. */
  readonly readOnlyPaths: readonly string[];
  /** Further folders and files, bound read-only: host path to cell path. */
  readonly readOnly?: readonly { readonly from: string; readonly to: string }[];
  /** Shown over the tree, each cell with a view of its own. */
  readonly lent?: LentDependencies | null;
  /** Puts the harness and the `git` wrapper into the cell. */
  readonly withHarness: boolean;
  readonly environment: Readonly<Record<string, string>>;
  readonly workingDirectory: string;
};

/** What a cell gets, before what every cell shares. */
export type SealedContents = Omit<CellContents, "readOnlyPaths" | "mark">;

/** What runs in a cell, and the descriptors that bubblewrap gets. */
export type CellCommand = {
  readonly argv: readonly string[];
  /** Where it says how the command ended; null: nobody reads that. */
  readonly statusFd: number | null;
  /** Where it reads the filter of system calls; null: there is none for this machine. */
  readonly filterFd: number | null;
};

/** @returns the argument array that runs a command in a cell; holds no secret */
export function cellArgv(
  layout: HostLayout,
  limits: CellLimits,
  contents: CellContents,
  { argv, statusFd, filterFd }: CellCommand,
): readonly string[] {
  return [
    layout.bwrap,
    ...(statusFd === null ? [] : ["--json-status-fd", String(statusFd)]),
    ...(filterFd === null ? [] : ["--seccomp", String(filterFd)]),
    ...isolation(),
    ...marked(contents.mark),
    ...layout.cellSystem.flatMap(systemFolder),
    ...etc(layout),
    ...scratch(limits),
    ...product(layout, contents.withHarness),
    ...contents.readOnlyPaths.flatMap((shared) => ["--ro-bind", shared, shared]),
    ...repository(contents),
    ...(contents.readOnly ?? []).flatMap(({ from, to }) => ["--ro-bind", from, to]),
    ...contents.writable.flatMap(({ from, to }) => ["--bind", from, to]),
    ...(contents.lent ? lentBinds(contents.lent, treeOf(contents)) : []),
    ...(contents.brokerDir === null ? [] : ["--ro-bind", contents.brokerDir, CELL_PATHS.broker]),
    ...["--remount-ro", "/dev", "--remount-ro", "/"],
    ...environment(contents),
    ...["--chdir", contents.workingDirectory, "--"],
    // Set in here, so that processes are counted in the cell's own user namespace.
    ...resourceLimits(limits, layout.ceilings),
    ...argv,
  ];
}

function isolation(): readonly string[] {
  return [
    ...["--unshare-all", "--unshare-user", "--disable-userns", "--new-session"],
    ...["--die-with-parent", "--clearenv", "--cap-drop", "ALL"],
    ...["--uid", CELL_UID, "--gid", CELL_UID, "--hostname", "cell"],
  ];
}

/** For whoever looks at the arguments from outside; the cell itself sees nothing of it. */
function marked(mark: string): readonly string[] {
  return ["--setenv", CELL_MARK, mark, "--unsetenv", CELL_MARK];
}

function systemFolder(folder: SystemFolder): readonly string[] {
  return folder.kind === "link"
    ? ["--symlink", folder.target, folder.path]
    : ["--ro-bind", folder.from, folder.path];
}

function etc(layout: HostLayout): readonly string[] {
  return [
    ...["passwd", "group", "hosts", "nsswitch.conf"].flatMap((file) => [
      "--ro-bind",
      path.join(layout.cellFiles, "etc", file),
      `/etc/${file}`,
    ]),
    ...SHARED_ETC.flatMap((file) => ["--ro-bind-try", path.join(layout.etc, file), `/etc/${file}`]),
  ];
}

function scratch(limits: CellLimits): readonly string[] {
  const tmp = String(limits.tmpBytes);
  return [
    // Read-only: where the host's user is root, the kernel would take writes to /proc/sys from it.
    ...["--proc", "/proc", "--remount-ro", "/proc", "--dev", "/dev"],
    ...["--perms", "1777", "--size", tmp, "--tmpfs", "/dev/shm"],
    ...["--perms", "1777", "--size", tmp, "--tmpfs", "/tmp"],
    ...["--perms", "0700", "--size", String(limits.homeBytes), "--tmpfs", CELL_PATHS.home],
  ];
}

function product(layout: HostLayout, withHarness: boolean): readonly string[] {
  const inProduct = (name: string): readonly string[] => [
    "--ro-bind",
    path.join(layout.packageRoot, name),
    `${CELL_PATHS.product}/${name}`,
  ];
  return [
    ...["--ro-bind", layout.node, `${CELL_PATHS.bin}/node`],
    ...["--ro-bind", layout.cellFiles, CELL_PATHS.scripts],
    ...(layout.npm === null ? [] : ["--ro-bind", layout.npm, "/opt/npm"]),
    ...(withHarness ? ["package.json", "src/lib", "src/harness"].flatMap(inProduct) : []),
    ...(withHarness && layout.harness !== null
      ? ["--ro-bind", layout.harness, CELL_PATHS.harness]
      : []),
  ];
}

// At the paths of the host, because a work tree and its git directory name each other absolutely.
function repository({ worktree, mirror }: CellContents): readonly string[] {
  const objects = worktree?.mirror ?? mirror;
  const shared = objects === null ? [] : ["--ro-bind", objects, objects];
  if (worktree === null) return shared;
  const { path: tree, gitDir } = worktree;
  const gitFile = path.join(tree, ".git");
  const apart = isInside(gitDir, worktree.mirror) ? [] : ["--ro-bind", gitDir, gitDir];
  return [...shared, ...apart, "--bind", tree, tree, "--ro-bind", gitFile, gitFile];
}

function treeOf({ worktree }: CellContents): string {
  return worktree?.path ?? CELL_PATHS.verify;
}

function isInside(inner: string, outer: string): boolean {
  return inner === outer || inner.startsWith(`${outer}/`);
}

function environment(contents: CellContents): readonly string[] {
  const variables = Object.entries(cellVariables(contents));
  return variables.flatMap(([name, value]) => ["--setenv", name, value]);
}

/** The whole environment of what runs in a cell, by allowlist. */
export function cellVariables(contents: CellContents): Readonly<Record<string, string>> {
  const system = "/usr/local/bin:/usr/bin:/bin:/usr/sbin:/sbin";
  const added = `${SHARED_DEPENDENCIES}/python/bin:${CELL_PATHS.scripts}/bin`;
  const wrapper = contents.withHarness ? `${CELL_PATHS.sources}/bin:` : "";
  return {
    ...(contents.lent ? DEPENDENCY_ENVIRONMENT : {}),
    ...contents.environment,
    PATH: `${wrapper}${CELL_PATHS.bin}:${system}:${added}`,
    HOME: CELL_PATHS.home,
    TMPDIR: "/tmp",
    USER: "agent",
    SHELL: "/bin/sh",
    LANG: "C.UTF-8",
    TERM: "screen-256color",
    CI: "1",
    HUSKY: "0",
    GIT_CONFIG_NOSYSTEM: "1",
    GIT_CONFIG_GLOBAL: "/dev/null",
    GIT_TERMINAL_PROMPT: "0",
    GIT_LFS_SKIP_SMUDGE: "1",
    ...(contents.worktree === null ? {} : { FACTORY_WORKTREE: contents.worktree.path }),
  };
}

/** @returns what stands in front of a command so that its processes are bounded */
export function resourceLimits(limits: CellLimits, ceilings: Ceilings): readonly string[] {
  const both = (name: keyof Ceilings): string => {
    const value = Math.min(limits[name], ceilings[name]);
    return `${value}:${value}`;
  };
  return [
    "/usr/bin/prlimit",
    `--nproc=${both("processes")}`,
    `--fsize=${both("fileBytes")}`,
    `--nofile=${both("openFiles")}`,
    `--data=${both("memoryBytes")}`,
    "--core=0:0",
    "--",
  ];
}
