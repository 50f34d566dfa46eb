import type { HostedLife } from "../ports/agents.ts";
import type { HostPorts } from "./host-ports.ts";

export type Hold = { readonly what: "memory" | "disk" | "sessions"; readonly why: string };

/** For so long a life counts with what is set aside for it, even where it uses less. */
const settlesWithinMs = 60_000;
const gigabyte = 1e9;
const megabyte = 1e6;

/**
 * Whether this host has room for one more life. The first of a host always has memory: a budget
 * that is too small for one life would leave the work undone for ever.
 */
export async function roomOn({ store, sandbox, settings }: HostPorts): Promise<Hold | null> {
  const { hostName, room } = settings;
  const lives = await store.lives.onHost(hostName);
  if (lives.length >= room.maxSessions)
    return {
      what: "sessions",
      why: `${hostName} has its ${room.maxSessions} sessions (MAX_SESSIONS)`,
    };
  const { memory, diskFreeBytes } = await sandbox.usage();
  if (diskFreeBytes < room.minDiskFreeBytes)
    return {
      what: "disk",
      why: `${hostName} has ${sized(diskFreeBytes)} of disk free, and MIN_DISK_FREE_BYTES keeps ${sized(room.minDiskFreeBytes)}`,
    };
  if (lives.length === 0) return null;
  const used = usedBy(lives, memory, room.lifeMemoryBytes);
  if (used + room.lifeMemoryBytes <= room.memoryBudgetBytes) return null;
  const [has, more, budget] = [used, room.lifeMemoryBytes, room.memoryBudgetBytes].map(sized);
  return {
    what: "memory",
    why: `agents on ${hostName} have ${has} of memory, and ${more} for one more is over MEMORY_BUDGET_BYTES, ${budget}`,
  };
}

/** Cells that belong to no life, such as a verification's, count with what they use. */
function usedBy(
  lives: readonly HostedLife[],
  memory: ReadonlyMap<string, number>,
  reserve: number,
): number {
  const young = new Set(
    lives.filter(({ ageMs }) => ageMs < settlesWithinMs).map(({ name }) => name),
  );
  const ids = new Set([...memory.keys(), ...young]);
  return [...ids].reduce((sum, id) => {
    const size = memory.get(id) ?? 0;
    return sum + (young.has(id) ? Math.max(size, reserve) : size);
  }, 0);
}

function sized(bytes: number): string {
  if (bytes < megabyte) return `${bytes} bytes`;
  return bytes < gigabyte / 10
    ? `${Math.round(bytes / megabyte)} MB`
    : `${(bytes / gigabyte).toFixed(1)} GB`;
}
