import { createHash } from "node:crypto";
import path from "node:path";
import { shareLook } from "../../lib/share-look.ts";
import type { Worktree } from "../../ports/git.ts";
import type { Cell, Sandbox } from "../../ports/host.ts";
import type { SealedContents } from "./cell-argv.ts";
import { CELL_FOLDERS } from "./cell-folders.ts";
import { type CellLimits, DEFAULT_CELL_LIMITS } from "./cell-limits.ts";
import { measureCells } from "./cell-usage.ts";
import type { CellUserOptions } from "./cell-users.ts";
import { emptyCgroup, findCgroups, releaseCgroups, sweepCgroupsAtExit } from "./cgroup.ts";
import { createDependencySets } from "./dependencies/dependency-sets.ts";
import { createLender, type HandOut } from "./dependencies/lending.ts";
import { DEFAULT_SET_LIMITS, type SetLimits } from "./dependencies/set-limits.ts";
import { AGENT_REGISTRIES, withRegistries } from "./dependencies/setup-environment.ts";
import { endOrphans } from "./end-cell.ts";
import { readHostLayout } from "./host-layout.ts";
import { type CellHost, provideFilter } from "./launch-cell.ts";
import { createLauncher } from "./launcher.ts";
import { measureWorktree } from "./measure-worktree.ts";
import { createPlainFolders, NO_SETUP_WITHOUT_CELLS } from "./plain-folders.ts";
import { probeLevel } from "./probe-level.ts";
import type { OnStuck } from "./stuck-folders.ts";
import { verifyTree } from "./verify-tree.ts";
import { checkoutWorktree, stageWorktree } from "./worktree-cells.ts";

export type SandboxOptions = {
  /** The product's data folder; throw-away folders are made below it unless `runtimeDir` is given. */
  readonly dataDir: string;
  /** Absolute; made when missing, 0700. Default `<dataDir>/cells`. */
  readonly runtimeDir?: string;
  readonly limits?: Partial<CellLimits>;
  /** Further folders that every cell sees read-only at the same path: tool chains outside /usr. */
  readonly readOnlyPaths?: readonly string[];
  /** Users of cells where this host is root. Default 10,000 from 200,000 on; a count of 0: none. */
  readonly users?: Partial<CellUserOptions>;
  /** Absolute folder whose system cells get instead of the host's; null: the host's. */
  readonly rootfs?: string | null;
  /** Where npm is looked for, as PATH lists folders; default: the system's alone. */
  readonly programs?: string;
  readonly sets?: Partial<SetLimits>;
  /** The program that makes cells; null: the system's bubblewrap. */
  readonly bwrap?: string | null;
  /** Absolute folder of the bundled harness; null: no agent lives in these cells. Default null. */
  readonly harness?: string | null;
  /** Whether plain processes stand in for cells where the host can make none. Default: no. */
  readonly withoutCells?: boolean;
  /** How dependencies are handed out. Default `auto`. */
  readonly handOut?: HandOut;
  /** Told once of each folder of a cell's that cannot be removed. Default: nobody. */
  readonly onStuck?: OnStuck;
};

const OWNER_DIGITS = 8;
/** Many starts at once are judged by one look; what began since has its share set aside anyway. */
const USAGE_FRESH_MS = 500;
const DEFAULT_USERS: CellUserOptions = {
  base: 200_000,
  count: 10_000,
  registry: "/var/lib/factory-factory/cell-users",
};

/**
 * Cells made by bubblewrap. Every cell has its own user, process, network, IPC and host name
 * spaces, no capability, a read-only system, and nothing of the data folder but what it is given.
 * Where the host is root, every cell is another user of the host as well.
 */
export function createSandbox(options: SandboxOptions): Sandbox {
  const runtimeDir = options.runtimeDir ?? path.join(options.dataDir, "cells");
  const host: CellHost = {
    layout: readHostLayout(options.rootfs, options.programs, options.bwrap, options.harness),
    limits: { ...DEFAULT_CELL_LIMITS, ...options.limits },
    cgroups: findCgroups(runtimeDir),
    filter: provideFilter(runtimeDir),
  };
  const { limits, cgroups } = host;
  if (cgroups !== null) sweepCgroupsAtExit(cgroups);
  const owner = createHash("sha256").update(runtimeDir).digest("hex").slice(0, OWNER_DIGITS);
  const plainDir = path.join(runtimeDir, CELL_FOLDERS.cells.plain);
  const cellOwner = { owner, alive: path.join(runtimeDir, "alive") };
  const launcher = createLauncher(host, {
    ...cellOwner,
    readOnlyPaths: options.readOnlyPaths ?? [],
    users: { ...DEFAULT_USERS, ...options.users },
    plainDir: options.withoutCells ? plainDir : null,
  });
  const { runCell } = launcher;
  const root = path.join(options.dataDir, "dependencies");
  const { handOut = "auto", onStuck = () => undefined } = options;
  const plain = createPlainFolders(runCell, limits, { root: plainDir, onStuck });
  const lender = createLender(runCell, limits, { root, handOut, onStuck });
  const sets = { ...DEFAULT_SET_LIMITS, ...options.sets };
  const dependencySets = createDependencySets({
    root,
    runCell,
    onStuck,
    limits: { cell: limits, sets },
  });
  const usage = shareLook(() => measureCells(owner, cgroups, options.dataDir), USAGE_FRESH_MS);
  let level: ReturnType<Sandbox["level"]> | null = null;

  return {
    level: () => {
      level ??= probeLevel(host, launcher);
      return level;
    },
    wrap: (cell, argv) =>
      // The way to the registries is a port of a cell's own loopback.
      cell.registries && !launcher.isPlain()
        ? launcher.argvOf(cell.id, contentsOf(cell), withRegistries(argv))
        : launcher.argvOf(cell.id, contentsOf({ ...cell, registries: false }), argv),
    end: async (cellId) => {
      await launcher.end(cellId);
      if (launcher.isPlain()) await plain.discard(`${owner}-${cellId}`);
      if (cgroups !== null) {
        await emptyCgroup(cgroups, cellId);
        await releaseCgroups(cgroups, cellId);
      }
      usage.forget();
    },
    usage: usage.look,
    endOrphans: async (known) => {
      if (!launcher.isPlain()) return await endOrphans(cellOwner, known, "arguments");
      const ended = await endOrphans(cellOwner, known, "environment");
      await plain.sweep();
      return ended;
    },
    run: (cell, argv, bounds) =>
      runCell(cell.id, contentsOf(cell), argv, { timeoutMs: cell.timeoutMs, ...bounds }),
    checkout: async (worktree, treeish) => {
      const excludes = await lender.excludes(worktree);
      await checkoutWorktree(runCell, limits, { worktree, excludes }, treeish);
    },
    stage: async (worktree, base, bounds) => {
      const excludes = await lender.excludes(worktree);
      return await stageWorktree(runCell, limits, { worktree, excludes }, { base, ...bounds });
    },
    measure: async (worktree) => measureWorktree(runCell, worktree, await lender.layer(worktree)),
    verify: (mirror, tree, command, bounds) =>
      verifyTree(runCell, limits, {
        ...{ runtimeDir, mirror, tree, command, lender, onStuck },
        ...bounds,
      }),
    setup: (request) =>
      launcher.isPlain()
        ? Promise.resolve(NO_SETUP_WITHOUT_CELLS)
        : dependencySets.provide(request),
    setupKey: dependencySets.keyOf,
    knownSetup: (request) =>
      launcher.isPlain() ? Promise.resolve(NO_SETUP_WITHOUT_CELLS) : dependencySets.known(request),
    lend: lender.toWorktree,
    takeBack: lender.fromWorktree,
  };
}

function contentsOf(cell: Cell): SealedContents {
  return {
    worktree: cell.worktree,
    mirror: null,
    brokerDir: cell.brokerDir,
    writable: [],
    withHarness: true,
    environment: { ...(cell.registries ? AGENT_REGISTRIES : {}), ...cell.environment },
    lent: cell.dependencies ?? null,
    workingDirectory: workingDirectory(cell.worktree),
  };
}

function workingDirectory(worktree: Worktree | null): string {
  return worktree?.path ?? "/tmp";
}
