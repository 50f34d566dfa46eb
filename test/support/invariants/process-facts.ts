import { readdirSync, readFileSync } from "node:fs";

export type ProcessFacts = {
  readonly pid: number;
  readonly parent: number;
  readonly argv: readonly string[];
  /** `NAME=value` each; null where this user may not look. */
  readonly environment: readonly string[] | null;
};

/** Every process of this machine but the one that asks. */
export function readProcesses(): readonly ProcessFacts[] {
  return readdirSync("/proc")
    .map(Number)
    .filter((pid) => Number.isInteger(pid) && pid !== process.pid)
    .flatMap(readOne);
}

function readOne(pid: number): readonly ProcessFacts[] {
  const stat = readProc(pid, "stat");
  const argv = readProc(pid, "cmdline");
  // It ended while we looked.
  if (stat === null || argv === null) return [];
  // The name in brackets may hold anything, spaces and brackets included.
  const parent = Number(stat.slice(stat.lastIndexOf(")") + 2).split(" ")[1]);
  const environment = readProc(pid, "environ");
  return [
    {
      pid,
      parent,
      argv: words(argv),
      environment: environment === null ? null : words(environment),
    },
  ];
}

function words(text: string): readonly string[] {
  return text.split("\0").filter((word) => word !== "");
}

function readProc(pid: number, file: string): string | null {
  try {
    return readFileSync(`/proc/${pid}/${file}`, "utf8");
  } catch {
    return null;
  }
}

/** The processes for which `isRoot` holds, with everything they started. */
export function withDescendants(
  processes: readonly ProcessFacts[],
  isRoot: (one: ProcessFacts) => boolean,
): readonly ProcessFacts[] {
  const found = new Map(processes.filter(isRoot).map((one) => [one.pid, one]));
  for (let before = -1; before !== found.size; ) {
    before = found.size;
    for (const one of processes) if (found.has(one.parent)) found.set(one.pid, one);
  }
  return [...found.values()];
}
