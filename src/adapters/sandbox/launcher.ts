import path from "node:path";
import { PortError } from "../../lib/port-error.ts";
import type { CellResult } from "../../ports/host.ts";
import type { SealedContents } from "./cell-argv.ts";
import { type CellUserOptions, type CellUsers, createCellUsers } from "./cell-users.ts";
import { emptyCgroup, releaseCgroups, sweepCgroups } from "./cgroup.ts";
import { type CellOwner, endCell, runMark } from "./end-cell.ts";
import { type CellHost, launchArgv } from "./launch-cell.ts";
import { refuseLinks } from "./refuse-links.ts";
import { type RunLimits, runProcess, STATUS_FD } from "./run-process.ts";

/** Runs `argv` in a fresh cell to its end; used by whatever needs a cell of its own. */
export type RunCell = (
  id: string,
  contents: SealedContents,
  argv: readonly string[],
  limits: RunLimits,
) => Promise<CellResult>;

/** Makes the arguments of cells, and runs them. */
export type Launcher = {
  /** For whoever starts the cell himself. */
  readonly argvOf: (
    id: string,
    contents: SealedContents,
    argv: readonly string[],
  ) => readonly string[];
  readonly runCell: RunCell;
  /** Why new cells get no users of their own; null: they do. */
  readonly withoutUsers: () => string | null;
  /** From now on new cells run as the product's user; what belongs to another stays with him. */
  readonly giveUpUsers: (why: string) => void;
  /** From now on plain processes stand in for cells, where the operator wants that. */
  readonly giveUpCells: () => void;
  readonly isPlain: () => boolean;
  /** Kills what a cell, or what stands in for it, is made of; missing is success. */
  readonly end: (id: string) => Promise<void>;
};

export type LauncherOptions = CellOwner & {
  readonly readOnlyPaths: readonly string[];
  readonly users: CellUserOptions;
  /** Absolute; below it plain processes have their folders. null: only cells will do. */
  readonly plainDir: string | null;
};

// What stands around bubblewrap is killed with the product too, and bubblewrap with it.
const DIES_WITH_PRODUCT = ["/usr/bin/setpriv", "--pdeathsig", "KILL"] as const;
const CELL_ID = /^[a-z0-9][a-z0-9.-]{0,79}$/;

/** Makes cells for one product; as root it keeps their users apart, from what a registry says. */
export function createLauncher(host: CellHost, options: LauncherOptions): Launcher {
  const { cgroups, layout } = host;
  const { owner, readOnlyPaths, plainDir } = options;
  const users = layout.isRoot ? createCellUsers(options.users) : null;
  let why = whyNoUsers(host, options.users.count);
  let isPlain = false;
  users?.sweep();

  const argvOf = (
    {
      id,
      mark,
      statusFd,
    }: { readonly id: string; readonly mark: string; readonly statusFd: number | null },
    contents: SealedContents,
    { argv, borrowed }: { readonly argv: readonly string[]; readonly borrowed: number | null },
  ): readonly string[] => {
    if (cgroups !== null) sweepCgroups(cgroups);
    refuseLinks(contents);
    const whole = { ...contents, readOnlyPaths, mark: `${owner}-${mark}` };
    const user = borrowed ?? (users && userOf(users, contents, why === null));
    const plainFolder = isPlain && plainDir !== null ? path.join(plainDir, whole.mark) : null;
    return launchArgv(host, { id, contents: whole, argv, statusFd, user, plainFolder });
  };
  const end = async (id: string, mark: string): Promise<void> => {
    await endCell(`${owner}-${mark}`, isPlain ? "environment" : "arguments");
    if (isPlain && cgroups !== null) await emptyCgroup(cgroups, id);
  };
  return {
    argvOf: (id, contents, argv) => {
      requireCellId(id);
      return argvOf({ id, mark: id, statusFd: null }, contents, { argv, borrowed: null });
    },
    runCell: async (id, contents, argv, bounds) => {
      requireCellId(id);
      const mark = runMark(id, options);
      const borrowed =
        users && why === null && placesOf(contents).length === 0 ? users.borrow() : null;
      try {
        const cell = argvOf({ id, mark, statusFd: STATUS_FD }, contents, { argv, borrowed });
        // A cell ends whole, by itself; what stands in for one does not.
        const rest = isPlain ? { endRest: () => end(id, mark) } : {};
        const result = await runProcess([...DIES_WITH_PRODUCT, ...cell], { ...bounds, ...rest });
        if (result.exitCode === null) await end(id, mark);
        return result;
      } finally {
        if (borrowed !== null) users?.release(borrowed);
        if (cgroups !== null) await releaseCgroups(cgroups, id);
      }
    },
    withoutUsers: () => why,
    giveUpUsers: (reason) => {
      why = reason;
    },
    giveUpCells: () => {
      isPlain = plainDir !== null;
    },
    isPlain: () => isPlain,
    end: (id) => end(id, id),
  };
}

/** As whom a cell runs: whose its folders are; null: as the product's user. */
function userOf(users: CellUsers, contents: SealedContents, isNewGiven: boolean): number | null {
  const [place, ...others] = placesOf(contents);
  if (place === undefined) return null;
  const user = users.ownerOf(place, isNewGiven);
  if (user !== null) for (const folder of others) users.handOver(folder, user);
  return user;
}

/** The folders that last longer than a cell, the one that says whose it is first. */
function placesOf({ worktree, writable, brokerDir }: SealedContents): readonly string[] {
  return [
    ...(worktree === null ? [] : [worktree.path]),
    ...writable.map(({ from }) => from),
    ...(brokerDir === null ? [] : [brokerDir]),
  ];
}

function whyNoUsers({ layout }: CellHost, count: number): string | null {
  const cost = "all cells run as the user who started the product";
  if (!layout.isRoot) return `An own user per cell: only root can give one; ${cost}.`;
  if (count === 0) return `An own user per cell: CELL_UID_COUNT is 0; ${cost}.`;
  if (!layout.isUmaskOpen)
    return `An own user per cell: the product's umask hides its files from them (start it with umask 022); ${cost}.`;
  return null;
}

function requireCellId(id: string): void {
  if (CELL_ID.test(id)) return;
  throw new PortError("sandbox", `${JSON.stringify(id)} is no cell id: [a-z0-9.-], at most 80`, {
    retryable: false,
  });
}
