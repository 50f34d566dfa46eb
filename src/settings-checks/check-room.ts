import { existsSync, statfsSync } from "node:fs";
import { totalmem } from "node:os";
import { dirname, resolve } from "node:path";
import type { Config } from "../config.ts";
import { memoryBudgetOf } from "../host-settings.ts";
import { error, type Fault, warning } from "./fault.ts";

/** Room that agents are to leave or to share, against what this machine has. */
export function checkRoom(config: Config): readonly Fault[] {
  return [...checkDisk(config), ...checkMemory(config)];
}

function checkDisk({ DATA_DIR, MIN_DISK_FREE_BYTES: least }: Config): readonly Fault[] {
  if (DATA_DIR === undefined) return [];
  const folder = nearestFolder(resolve(DATA_DIR));
  const { blocks, bsize } = statfsSync(folder);
  const size = blocks * bsize;
  // Some file systems do not tell.
  if (least <= size || size === 0) return [];
  const says = `${least} is more than the whole disk of ${folder} has, ${size}: no agent would ever start`;
  return [error("MIN_DISK_FREE_BYTES", says)];
}

function checkMemory(config: Config): readonly Fault[] {
  const { LIFE_MEMORY_BYTES: life, MEMORY_BUDGET_BYTES: given } = config;
  const budget = memoryBudgetOf(config);
  const machine = totalmem();
  if (life > budget) {
    const says = `${life} for each life is more than all agents share, ${budget}`;
    if (given === undefined) return [error("LIFE_MEMORY_BYTES", `${says} (80 % of the machine)`)];
    const less = `${given} is less than one life is given, LIFE_MEMORY_BYTES, ${life}`;
    return [error("MEMORY_BUDGET_BYTES", less)];
  }
  if (given === undefined || given <= machine) return [];
  const says = `${given} is more than this machine has, ${machine}: it limits nothing`;
  return [warning("MEMORY_BUDGET_BYTES", says)];
}

function nearestFolder(folder: string): string {
  return existsSync(folder) ? folder : nearestFolder(dirname(folder));
}
