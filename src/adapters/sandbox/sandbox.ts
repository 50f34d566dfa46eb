import { createHash } from "node:crypto";
import path from "node:path";
import { PortError } from "../../lib/port-error.ts";
import type { Worktree } from "../../ports/git.ts";
import type { Cell, CellResult, Sandbox } from "../../ports/host.ts";
import { type CellContents, cellArgv } from "./cell-argv.ts";
import { type CellLimits, DEFAULT_CELL_LIMITS } from "./cell-limits.ts";
import {
  findCgroups,
  joinArgv,
  releaseCgroups,
  sweepCgroups,
  sweepCgroupsAtExit,
} from "./cgroup.ts";
import { endCell } from "./end-cell.ts";
import { readHostLayout } from "./host-layout.ts";
import { probeLevel } from "./probe-level.ts";
import { type RunLimits, runProcess, STATUS_FD } from "./run-process.ts";
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
};

/** Runs `argv` in a fresh cell to its end; used by whatever needs a cell of its own. */
export type RunCell = (
  id: string,
  contents: SealedContents,
  argv: readonly string[],
  limits: RunLimits,
) => Promise<CellResult>;

/** What a cell gets, before the folders that every cell shares. */
export type SealedContents = Omit<CellContents, "readOnlyPaths" | "mark">;

// What stands around bubblewrap is killed with the product too, and bubblewrap with it.
const DIES_WITH_PRODUCT = ["/usr/bin/setpriv", "--pdeathsig", "KILL"] as const;
const OWNER_DIGITS = 8;
const CELL_ID = /^[a-z0-9][a-z0-9.-]{0,79}$/;

/**
 * Cells made by bubblewrap. Every cell has its own user, process, network, IPC and host name
 * spaces, no capability, a read-only system, and nothing of the data folder but what it is given.
 */
export function createSandbox(options: SandboxOptions): Sandbox {
  const layout = readHostLayout();
  const limits: CellLimits = { ...DEFAULT_CELL_LIMITS, ...options.limits };
  const readOnlyPaths = options.readOnlyPaths ?? [];
  const runtimeDir = options.runtimeDir ?? path.join(options.dataDir, "cells");
  const cgroups = findCgroups(runtimeDir);
  if (cgroups !== null) sweepCgroupsAtExit(cgroups);

  const owner = createHash("sha256").update(runtimeDir).digest("hex").slice(0, OWNER_DIGITS);
  const markOf = (id: string): string => `${owner}-${id}`;

  const grouped = (id: string, cell: readonly string[]): readonly string[] => {
    requireCellId(id);
    if (cgroups === null) return cell;
    sweepCgroups(cgroups);
    const script = path.join(layout.cellFiles, "join-cgroup.sh");
    return [...joinArgv(cgroups, script, id, limits), ...cell];
  };
  const runCell: RunCell = async (id, contents, argv, bounds) => {
    try {
      const cell = cellArgv(
        layout,
        limits,
        { ...contents, readOnlyPaths, mark: markOf(id) },
        {
          argv,
          statusFd: STATUS_FD,
        },
      );
      const result = await runProcess([...DIES_WITH_PRODUCT, ...grouped(id, cell)], bounds);
      if (result.exitCode === null) await endCell(markOf(id));
      return result;
    } finally {
      if (cgroups !== null) await releaseCgroups(cgroups, id);
    }
  };

  return {
    level: () => probeLevel(runCell, layout, cgroups),
    wrap: (cell, argv) =>
      grouped(
        cell.id,
        cellArgv(
          layout,
          limits,
          { ...contentsOf(cell), readOnlyPaths, mark: markOf(cell.id) },
          { argv, statusFd: null },
        ),
      ),
    end: (cellId) => endCell(markOf(cellId)),
    run: (cell, argv, bounds) =>
      runCell(cell.id, contentsOf(cell), argv, { timeoutMs: cell.timeoutMs, ...bounds }),
    checkout: (worktree, treeish) => checkoutWorktree(runCell, limits, worktree, treeish),
    stage: (worktree, base, bounds) =>
      stageWorktree(runCell, limits, { worktree, base, ...bounds }),
    verify: (mirror, tree, command, bounds) =>
      verifyTree(runCell, limits, { runtimeDir, mirror, tree, command, ...bounds }),
  };
}

function contentsOf(cell: Cell): SealedContents {
  return {
    worktree: cell.worktree,
    mirror: null,
    brokerDir: cell.brokerDir,
    writable: [],
    withHarness: true,
    environment: cell.environment,
    workingDirectory: workingDirectory(cell.worktree),
  };
}

function workingDirectory(worktree: Worktree | null): string {
  return worktree?.path ?? "/tmp";
}

function requireCellId(id: string): void {
  if (CELL_ID.test(id)) return;
  throw new PortError("sandbox", `${JSON.stringify(id)} is no cell id: [a-z0-9.-], at most 80`, {
    retryable: false,
  });
}
