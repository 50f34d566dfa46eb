import { readdir, readFile } from "node:fs/promises";
import { awaitFact } from "../../lib/await-fact.ts";
import { PortError } from "../../lib/port-error.ts";
import { isPresent, presenceIn } from "./presence.ts";

// Bubblewrap's first process in a cell binds its life to the one outside only after it has begun
// the command: killed in between, the outer one leaves the cell to itself. Both carry the cell's
// mark in their arguments, and with the inner one the kernel ends everything in the cell.

/** Names a cell on its host, in the arguments of whatever stands around it. */
export const CELL_MARK = "FACTORY_CELL";

const MARK = new RegExp(`\0${CELL_MARK}\0([a-z0-9.-]+)\0`);
const PLAIN_MARK = new RegExp(`(?:^|\0)${CELL_MARK}=([a-z0-9.-]+)(?:\0|$)`);
const GONE_WITHIN_MS = 5_000;

/** A process inside a cell could put any mark into its environment: that is read at need only. */
export type MarkedWhere = "arguments" | "environment";

/**
 * Kills whatever a cell is made of and waits until it is gone; a missing cell is success.
 *
 * @param mark the value of the cell's mark: unique on this host
 * @param where where to look for it; `environment` finds what ran without a cell, too
 * @throws {PortError} `sandbox`, retryable, when something is still there after five seconds
 */
export async function endCell(mark: string, where: MarkedWhere = "arguments"): Promise<void> {
  try {
    await awaitFact(
      `the cell ${mark} has ended`,
      async () => {
        const pids = await processesOf(mark, where);
        for (const pid of pids) killIfThere(pid);
        return pids;
      },
      (pids) => pids.length === 0,
      { limitMs: GONE_WITHIN_MS },
    );
  } catch (cause) {
    const message = `the cell ${mark} did not end within ${GONE_WITHIN_MS} ms`;
    throw new PortError("sandbox", message, { retryable: true, cause });
  }
}

/** The cells of one product on this host. */
export type CellOwner = {
  /** Starts the marks of its cells. */
  readonly owner: string;
  /** The folder in which its processes say that they are there. */
  readonly alive: string;
};

/**
 * Ends the cells of a product that nobody knows any more: what a killed product left.
 *
 * @param known asked after the look at what runs, so that a cell that begins meanwhile is in it
 * @returns the ids of the cells that were ended
 */
export async function endOrphans(
  { owner, alive }: CellOwner,
  known: () => Promise<ReadonlySet<string>>,
  where: MarkedWhere,
): Promise<readonly string[]> {
  const marks = await marksNow(where);
  const ids = [...new Set(marks.values())]
    .filter((mark) => mark.startsWith(`${owner}-`))
    .map((mark) => mark.slice(owner.length + 1));
  const names = await known();
  const orphans = ids.filter((id) => !names.has(id) && !isRunning(id, alive));
  for (const id of orphans) await endCell(`${owner}-${id}`, where);
  return orphans;
}

/** What a process of the product runs to its end is named after that process. */
export function runMark(id: string, { alive }: CellOwner): string {
  return `run-${presenceIn(alive)}-${id}`;
}

function isRunning(id: string, alive: string): boolean {
  const process = /^run-([a-z0-9]+)-/.exec(id)?.[1];
  return process !== undefined && isPresent(alive, process);
}

async function processesOf(mark: string, where: MarkedWhere): Promise<readonly number[]> {
  return [...(await marksNow(where))].filter(([, carried]) => carried === mark).map(([pid]) => pid);
}

/**
 * The mark of every process of this host that carries one. In its arguments only what makes a cell
 * may: what runs in one could put any other's there.
 */
export async function marksNow(
  where: MarkedWhere = "arguments",
): Promise<ReadonlyMap<number, string>> {
  const pids = (await readdir("/proc")).filter((name) => /^\d+$/.test(name));
  const depth = (await namesOf("self")).length;
  const marks = await Promise.all(
    pids.map(async (pid) => {
      // A process that ended meanwhile has no arguments; neither has one that only waits to be reaped.
      const argv = await readFile(`/proc/${pid}/cmdline`, "utf8").catch(() => "");
      const mark = MARK.exec(argv)?.[1];
      if (mark !== undefined && (await isOfCell(pid, depth))) return [Number(pid), mark] as const;
      if (where === "arguments") return [Number(pid), undefined] as const;
      // Nor has one of somebody else an environment that this user may read.
      const environment = await readFile(`/proc/${pid}/environ`, "utf8").catch(() => "");
      return [Number(pid), PLAIN_MARK.exec(environment)?.[1]] as const;
    }),
  );
  return new Map(marks.flatMap(([pid, mark]) => (mark === undefined ? [] : [[pid, mark]])));
}

/** Whether it stands around a cell, or is the first process in one: bubblewrap's inner half. */
async function isOfCell(pid: string, depth: number): Promise<boolean> {
  const names = await namesOf(pid);
  const inCell = names.slice(depth);
  return inCell.length === 0 || (inCell.length === 1 && inCell[0] === "1");
}

/** What a process is called in every namespace of processes it is in, ours first. */
async function namesOf(pid: string): Promise<readonly string[]> {
  const status = await readFile(`/proc/${pid}/status`, "utf8").catch(() => "");
  return /^NSpid:\s+(.+)$/m.exec(status)?.[1]?.split(/\s+/) ?? [];
}

/** Kills one process of this host; one that has ended is success. */
export function killIfThere(pid: number): void {
  try {
    process.kill(pid, "SIGKILL");
  } catch {
    // Gone meanwhile. What is not ours to kill is still there at the next look, and told then.
  }
}
