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
import { awaitFact } from "../../lib/await-fact.ts";
import { systemClock } from "../../lib/clock.ts";
import type { CellLimits } from "./cell-limits.ts";
import { killIfThere } from "./end-cell.ts";

// Control groups, where this user may make them: only they bound processes for root, whom the kernel
// exempts from the limit on processes, and memory and processors for a whole cell.

/** Where the groups of cells are made, and the files that hold their limits. */
export type Cgroups = {
  /** Starts the names of the groups of one product on this host; another one has its own. */
  readonly prefix: string;
  readonly pids: Controller;
  readonly memory: Controller;
  /** null where processors cannot be shared out. */
  readonly cpu: (Controller & { readonly ofWeight: (weight: number) => number }) | null;
};

type Controller = { readonly parent: string; readonly file: string };

const ROOT = "/sys/fs/cgroup";
const PREFIX = "factory-";
let sweepsAtExit = false;
const RELEASE_LOOKS = 50;
const RELEASE_EVERY_MS = 5;
const EMPTY_WITHIN_MS = 5_000;
/** Version 1 counts in shares: 1024 where version 2 has a weight of 100. */
const SHARES_PER_WEIGHT = 10.24;

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
    cpu: {
      parent: path.join(root, "cpu"),
      file: "cpu.shares",
      ofWeight: (weight) => Math.max(2, Math.round(weight * SHARES_PER_WEIGHT)),
    },
  };
  if (isUsable(version1)) return withUsableCpu(version1);
  const unified = path.join(root, "factory");
  if (!enableControllers(root, unified)) return null;
  const version2: Cgroups = {
    prefix,
    pids: { parent: unified, file: "pids.max" },
    memory: { parent: unified, file: "memory.max" },
    cpu: { parent: unified, file: "cpu.weight", ofWeight: (weight) => weight },
  };
  return isUsable(version2) ? withUsableCpu(version2) : null;
}

function withUsableCpu(cgroups: Cgroups): Cgroups {
  const { cpu, prefix } = cgroups;
  return cpu !== null && takesLimit(cpu, prefix, "100") ? cgroups : { ...cgroups, cpu: null };
}

/** @returns the arguments in front of a cell's own, which make and enter its groups */
export function joinArgv(
  cgroups: Cgroups,
  script: string,
  cellId: string,
  limits: CellLimits,
): readonly string[] {
  const { prefix, pids, memory, cpu } = cgroups;
  const group = ({ parent, file }: Controller, limit: number): readonly string[] => [
    path.join(parent, prefix + cellId),
    file,
    String(limit),
  ];
  return [
    ...["/bin/sh", script],
    ...group(pids, limits.processes),
    ...group(memory, limits.memoryBytes),
    ...(cpu === null ? [] : group(cpu, cpu.ofWeight(limits.cpuWeight))),
    "--",
  ];
}

/**
 * Kills what is left in a cell's group, whatever it did to its place in the tree of processes.
 *
 * @throws {Error} when something is still there after five seconds
 */
export async function emptyCgroup({ prefix, pids }: Cgroups, cellId: string): Promise<void> {
  const group = path.join(pids.parent, prefix + cellId);
  await awaitFact(
    `the control group ${prefix}${cellId} is empty`,
    () => {
      const members = membersOf(group);
      for (const pid of members) killIfThere(pid);
      return members;
    },
    (members) => members.length === 0,
    { limitMs: EMPTY_WITHIN_MS },
  );
}

function membersOf(group: string): readonly number[] {
  try {
    return readFileSync(path.join(group, "cgroup.procs"), "utf8")
      .split("\n")
      .filter(Boolean)
      .map(Number);
  } catch {
    return []; // Removed with its last process.
  }
}

/** Removes the groups of a cell that has just ended; the kernel may need a moment to let go. */
export async function releaseCgroups(cgroups: Cgroups, cellId: string): Promise<void> {
  for (const { parent } of controllersOf(cgroups)) {
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
  for (const { parent } of controllersOf(cgroups)) {
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

function controllersOf({ pids, memory, cpu }: Cgroups): readonly Controller[] {
  return [pids, memory, ...(cpu === null ? [] : [cpu])];
}

function isUsable({ pids, memory, prefix }: Cgroups): boolean {
  return [pids, memory].every((controller) => takesLimit(controller, prefix, "100000"));
}

function takesLimit({ parent, file }: Controller, prefix: string, limit: string): boolean {
  const probe = path.join(parent, `${prefix}probe-${process.pid}`);
  try {
    mkdirSync(probe);
    writeFileSync(path.join(probe, file), limit);
    return true;
  } catch {
    return false; // Not mounted, not ours, or without this controller: all mean "cannot".
  } finally {
    removeEmpty(probe);
  }
}

function enableControllers(root: string, group: string): boolean {
  const offered = path.join(root, "cgroup.controllers");
  if (!existsSync(offered) || !/\bpids\b/.test(readFileSync(offered, "utf8"))) return false;
  try {
    mkdirSync(group, { recursive: true });
    for (const folder of [root, group]) {
      writeFileSync(path.join(folder, "cgroup.subtree_control"), "+pids +memory");
    }
    if (/\bcpu\b/.test(readFileSync(offered, "utf8"))) enableCpu([root, group]);
    return true;
  } catch {
    return false; // Delegation is not ours: the cell then has its resource limits alone.
  }
}

function enableCpu(folders: readonly string[]): void {
  try {
    for (const folder of folders)
      writeFileSync(path.join(folder, "cgroup.subtree_control"), "+cpu");
  } catch {
    // Held by somebody's real-time processes: cells then share processors as any process does.
  }
}

function removeEmpty(group: string): void {
  try {
    rmdirSync(group);
  } catch {
    // Busy or gone: a live cell's group stays, and a later sweep takes the rest.
  }
}
