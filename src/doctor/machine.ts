import { existsSync } from "node:fs";
import { statfs } from "node:fs/promises";
import { totalmem } from "node:os";
import { dirname, resolve } from "node:path";
import type { Config } from "../config.ts";
import { type Finding, ok } from "./finding.ts";

const gibibyte = 1024 ** 3;
/** Room for mirrors, a few worktrees and their dependencies. */
const goodDiskBytes = 10 * gibibyte;
const goodMemoryBytes = 4 * gibibyte;

/** Room for what agents make. */
export async function checkMachine(config: Config): Promise<readonly Finding[]> {
  const folder = nearestFolder(resolve(config.DATA_DIR ?? "."));
  const { bavail, bsize } = await statfs(folder);
  return [
    judge("disk", bavail * bsize, {
      least: config.MIN_DISK_FREE_BYTES,
      good: goodDiskBytes,
      says: (size) => `${size} free below ${folder}`,
      mend: "Free space, or move DATA_DIR to a larger disk.",
    }),
    judge("memory", totalmem(), {
      least: config.LIFE_MEMORY_BYTES,
      good: goodMemoryBytes,
      says: (size) => `${size} in all`,
      mend: "An agent takes up to 300 MB and its tests more: add memory, or lower MAX_LIVE_WORKERS.",
    }),
  ];
}

type Measure = {
  readonly least: number;
  readonly good: number;
  readonly says: (size: string) => string;
  readonly mend: string;
};

/** @param bytes what there is; below `least` nothing runs, below `good` not much */
export function judge(name: string, bytes: number, { least, good, says, mend }: Measure): Finding {
  const text = says(`${(bytes / gibibyte).toFixed(1)} GiB`);
  if (bytes >= good) return ok(name, text);
  return { name, state: bytes < least ? "error" : "warning", says: text, mend };
}

function nearestFolder(folder: string): string {
  return existsSync(folder) ? folder : nearestFolder(dirname(folder));
}
