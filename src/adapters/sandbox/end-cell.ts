import { readdir, readFile } from "node:fs/promises";
import { awaitFact } from "../../lib/await-fact.ts";
import { PortError } from "../../lib/port-error.ts";

// Bubblewrap's first process in a cell binds its life to the one outside only after it has begun
// the command: killed in between, the outer one leaves the cell to itself. Both carry the cell's
// mark in their arguments, and with the inner one the kernel ends everything in the cell.

/** Names a cell on its host, in the arguments of whatever stands around it. */
export const CELL_MARK = "FACTORY_CELL";

const GONE_WITHIN_MS = 5_000;

/**
 * Kills whatever a cell is made of and waits until it is gone; a missing cell is success.
 *
 * @param mark the value of the cell's mark: unique on this host
 * @throws {PortError} `sandbox`, retryable, when something is still there after five seconds
 */
export async function endCell(mark: string): Promise<void> {
  try {
    await awaitFact(
      `the cell ${mark} has ended`,
      async () => {
        const pids = await processesOf(mark);
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

async function processesOf(mark: string): Promise<readonly number[]> {
  const argument = `\0${CELL_MARK}\0${mark}\0`;
  const pids = (await readdir("/proc")).filter((name) => /^\d+$/.test(name));
  const carry = await Promise.all(
    // A process that ended meanwhile has no arguments; neither has one that only waits to be reaped.
    pids.map((pid) => readFile(`/proc/${pid}/cmdline`, "utf8").catch(() => "")),
  );
  return pids.filter((_, index) => carry[index]?.includes(argument)).map(Number);
}

function killIfThere(pid: number): void {
  try {
    process.kill(pid, "SIGKILL");
  } catch {
    // Gone meanwhile. What is not ours to kill is still there at the next look, and told then.
  }
}
