import { createHash } from "node:crypto";
import {
  existsSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  rmdirSync,
  writeFileSync,
} from "node:fs";
import path from "node:path";
import { systemClock } from "../../lib/clock.ts";
import type { CellLimits } from "./cell-limits.ts";

// Control groups, where this user may make them: only they bound processes for root, whom the kernel
// exempts from the limit on processes, and memory for a whole cell.

/** Where the groups of cells are made, and the files that hold their limits. */
export type Cgroups = {
  /** Starts the names of the groups of one product on this host; another one has its own. */
  readonly prefix: string;
  readonly pids: { readonly parent: string; readonly file: string };
  readonly memory: { readonly parent: string; readonly file: string };
};

const ROOT = "/sys/fs/cgroup";
const PREFIX = "factory-";
let sweepsAtExit = false;
const RELEASE_LOOKS = 50;
const RELEASE_EVERY_MS = 5;

/**
 * @param owner what sets this product apart from another one on the same host: a folder
 * @returns where cells get their groups; null where this user cannot make any
 */
export function findCgroups(owner: string, root = ROOT): Cgroups | null {
  const prefix = `${PREFIX}${createHash("sha256").update(owner).digest("hex").slice(0, 8)}-`;
  const version1: Cgroups = {
    prefix,
    pids: { parent: path.join(root, "pids"), file: "pids.max" },
    memory: { parent: path.join(root, "memory"), file: "memory.limit_in_bytes" },
  };
  if (isUsable(version1)) return version1;
  const unified = path.join(root, "factory");
  if (!enableControllers(root, unified)) return null;
  const version2: Cgroups = {
    prefix,
    pids: { parent: unified, file: "pids.max" },
    memory: { parent: unified, file: "memory.max" },
  };
  return isUsable(version2) ? version2 : null;
}

/** @returns the arguments in front of a cell's own, which make and enter its groups */
export function joinArgv(
  cgroups: Cgroups,
  script: string,
  cellId: string,
  limits: CellLimits,
): readonly string[] {
  const { prefix, pids, memory } = cgroups;
  return [
    ...["/bin/sh", script],
    ...[path.join(pids.parent, prefix + cellId), pids.file, String(limits.processes)],
    ...[path.join(memory.parent, prefix + cellId), memory.file, String(limits.memoryBytes)],
  ];
}

/** Removes the groups of a cell that has just ended; the kernel may need a moment to let go. */
export async function releaseCgroups(cgroups: Cgroups, cellId: string): Promise<void> {
  for (const { parent } of [cgroups.pids, cgroups.memory]) {
    const group = path.join(parent, cgroups.prefix + cellId);
    for (let look = 0; look < RELEASE_LOOKS && existsSync(group); look += 1) {
      removeEmpty(group);
      if (existsSync(group)) await systemClock.sleep(RELEASE_EVERY_MS);
    }
  }
}

/**
 * Removes the groups of cells that were killed, of any product on this host; a group with a process
 * in it stays, and one that is about to get its first is made again by the script that enters it.
 */
export function sweepCgroups(cgroups: Cgroups): void {
  for (const { parent } of [cgroups.pids, cgroups.memory]) {
    for (const name of readdirSync(parent)) {
      if (name.startsWith(PREFIX)) removeEmpty(path.join(parent, name));
    }
  }
}

/** Sweeps once more when this process ends: lives that were killed last leave their groups to it. */
export function sweepCgroupsAtExit(cgroups: Cgroups): void {
  if (sweepsAtExit) return;
  sweepsAtExit = true;
  process.once("exit", () => sweepCgroups(cgroups));
}

function isUsable(cgroups: Cgroups): boolean {
  return [cgroups.pids, cgroups.memory].every(({ parent, file }) => {
    const probe = path.join(parent, `${cgroups.prefix}probe-${process.pid}`);
    try {
      mkdirSync(probe);
      writeFileSync(path.join(probe, file), "100000");
      return true;
    } catch {
      return false; // Not mounted, not ours, or without this controller: all mean "cannot".
    } finally {
      removeEmpty(probe);
    }
  });
}

function enableControllers(root: string, group: string): boolean {
  const offered = path.join(root, "cgroup.controllers");
  if (!existsSync(offered) || !/\bpids\b/.test(readFileSync(offered, "utf8"))) return false;
  try {
    mkdirSync(group, { recursive: true });
    writeFileSync(path.join(root, "cgroup.subtree_control"), "+pids +memory");
    writeFileSync(path.join(group, "cgroup.subtree_control"), "+pids +memory");
    return true;
  } catch {
    return false; // Delegation is not ours: the cell then has its resource limits alone.
  }
}

function removeEmpty(group: string): void {
  try {
    rmdirSync(group);
  } catch {
    // Busy or gone: a live cell's group stays, and a later sweep takes the rest.
  }
}
