import { readdirSync, readFileSync } from "node:fs";

/**
 * Memory of everything in the cells of a data folder: proportional set sizes, so that what
 * processes share counts once.
 *
 * @param belongs tells a cell of this run by the arguments of its outer process
 */
export function cellMemoryBytes(belongs: (argv: string) => boolean): number {
  const processes = readdirSync("/proc")
    .filter((name) => /^\d+$/.test(name))
    .map((pid) => ({ pid, parent: parentOf(pid), argv: read(`/proc/${pid}/cmdline`) }));
  const inside = new Set(
    processes.filter(({ argv }) => argv.includes("bwrap") && belongs(argv)).map(({ pid }) => pid),
  );
  // A parent may stand after its children in the list.
  for (let found = -1; found !== inside.size; ) {
    found = inside.size;
    for (const { pid, parent } of processes) if (inside.has(parent)) inside.add(pid);
  }
  return [...inside].reduce((sum, pid) => sum + proportionalBytes(pid), 0);
}

function proportionalBytes(pid: string): number {
  const kibibytes = /^Pss:\s+(\d+)/m.exec(read(`/proc/${pid}/smaps_rollup`))?.[1] ?? "0";
  return Number(kibibytes) * 1_024;
}

function parentOf(pid: string): string {
  return /^PPid:\s+(\d+)/m.exec(read(`/proc/${pid}/status`))?.[1] ?? "";
}

/** A process may end while it is looked at. */
function read(path: string): string {
  try {
    return readFileSync(path, "utf8");
  } catch {
    return "";
  }
}
