import { readFileSync } from "node:fs";
import { readdir, readFile, statfs } from "node:fs/promises";
import path from "node:path";
import type { Cgroups } from "./cgroup.ts";
import { marksNow } from "./end-cell.ts";

/** What cells use, and what is left. Sizes in bytes. */
export type CellUsage = {
  /** By the cell's id: what its processes hold, without files that are cached for them. */
  readonly memory: ReadonlyMap<string, number>;
  readonly diskFreeBytes: number;
};

const KIBIBYTE = 1024;

/**
 * Measures the cells of a product on this host: by their control groups, else by their processes.
 *
 * @param owner starts the marks of the product's cells
 * @param folder on the disk whose free space counts
 */
export async function measureCells(
  owner: string,
  cgroups: Cgroups | null,
  folder: string,
): Promise<CellUsage> {
  const { bavail, bsize } = await statfs(folder);
  const memory =
    cgroups === null ? await memoryByProcesses(owner) : new Map(await memoryByGroups(cgroups));
  return { memory, diskFreeBytes: bavail * bsize };
}

/** A cell's command runs in its groups from the first: nothing of a cell is outside of them. */
async function memoryByGroups(cgroups: Cgroups): Promise<readonly (readonly [string, number])[]> {
  const { prefix, memory } = cgroups;
  const names = (await readdir(memory.parent)).filter((name) => name.startsWith(prefix));
  return names.flatMap((name) => {
    const used = memoryOfGroup(cgroups, path.join(memory.parent, name));
    return used === null ? [] : [[name.slice(prefix.length), used] as const];
  });
}

async function memoryByProcesses(owner: string): Promise<ReadonlyMap<string, number>> {
  const roots = new Map<string, number[]>();
  for (const [pid, mark] of await marksNow()) {
    if (!mark.startsWith(`${owner}-`)) continue;
    const id = mark.slice(owner.length + 1);
    roots.set(id, [...(roots.get(id) ?? []), pid]);
  }
  const parents = roots.size === 0 ? new Map<number, number>() : await readParents();
  const memory = new Map<string, number>();
  for (const [id, pids] of roots) memory.set(id, await memoryOfProcesses(pids, parents));
  return memory;
}

/** What only the end of a process, or of a file in memory, gives back; the kernel's two versions. */
const HELD_FIRST = /^total_(?:rss|shmem) (\d+)$/gm;
const HELD = /^(?:anon|shmem|kernel_stack|slab_unreclaimable) (\d+)$/gm;

/** null where the group has just gone. */
function memoryOfGroup({ memory }: Cgroups, group: string): number | null {
  const held = memory.file === "memory.limit_in_bytes" ? HELD_FIRST : HELD;
  try {
    const stat = readFileSync(path.join(group, "memory.stat"), "utf8");
    return [...stat.matchAll(held)].reduce((sum, [, bytes]) => sum + Number(bytes), 0);
  } catch {
    return null;
  }
}

async function memoryOfProcesses(
  roots: readonly number[],
  parents: ReadonlyMap<number, number>,
): Promise<number> {
  const members = new Set(roots);
  // A child may come before its parent: a pass that finds nobody new has found all.
  for (let before = -1; before !== members.size; ) {
    before = members.size;
    for (const [pid, parent] of parents) if (members.has(parent)) members.add(pid);
  }
  const sizes = await Promise.all([...members].map(memoryOfProcess));
  return sizes.reduce((sum, size) => sum + size, 0);
}

/** Its share of what it shares with others, where this user may know that. */
async function memoryOfProcess(pid: number): Promise<number> {
  const share = await readOrNothing(`/proc/${pid}/smaps_rollup`);
  const kibibytes =
    /^Pss:\s+(\d+) kB/m.exec(share)?.[1] ??
    /^VmRSS:\s+(\d+) kB/m.exec(await readOrNothing(`/proc/${pid}/status`))?.[1];
  return Number(kibibytes ?? 0) * KIBIBYTE;
}

async function readParents(): Promise<ReadonlyMap<number, number>> {
  const pids = (await readdir("/proc")).filter((name) => /^\d+$/.test(name));
  const pairs = await Promise.all(
    pids.map(async (pid) => {
      // The name in parentheses may hold anything, so what follows the last one counts.
      const rest = (await readOrNothing(`/proc/${pid}/stat`)).split(")").at(-1) ?? "";
      return [Number(pid), Number(rest.trim().split(" ")[1] ?? 0)] as const;
    }),
  );
  return new Map(pairs);
}

/** A process that has ended uses nothing; neither does one that nobody may look at. */
async function readOrNothing(file: string): Promise<string> {
  return await readFile(file, "utf8").catch(() => "");
}
