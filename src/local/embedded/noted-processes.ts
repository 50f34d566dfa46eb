import { existsSync, readFileSync, renameSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { z } from "zod";
import { shortId } from "../../lib/ids.ts";
import { identifyProcess, isRunning, stopProcess } from "./process-identity.ts";

// What a run has started, as it wrote it down: whoever comes after a killed run ends it by this.

const schema = z.array(
  z.object({
    name: z.string(),
    pid: z.int().positive(),
    startTicks: z.number(),
  }),
);

type Noted = z.infer<typeof schema>;

/**
 * Writes down what was started, by pid and start time.
 *
 * @param name what people are told: "the broker"
 */
export function noteProcess(dataDir: string, name: string, pid: number): void {
  const identity = identifyProcess(pid);
  const known = readNoted(dataDir).filter((one) => isRunning(one) && one.pid !== pid);
  const draft = `${fileOf(dataDir)}.${shortId()}`;
  // Replaced as a whole: a kill leaves the old list or the new one.
  writeFileSync(draft, JSON.stringify(identity ? [...known, { name, ...identity }] : known), {
    mode: 0o600,
  });
  renameSync(draft, fileOf(dataDir));
}

/**
 * Ends what a killed run had started and still runs, the last first; never another process that
 * has got one of its pids since; all are tried. Only for who has taken the data folder.
 *
 * @returns the names of what was ended
 * @throws {Error} when one does not even end by SIGKILL
 */
export async function endNoted(dataDir: string): Promise<readonly string[]> {
  const left = readNoted(dataDir).filter((one) => isRunning(one) && one.pid !== process.pid);
  const still: string[] = [];
  for (const one of left.toReversed())
    await stopProcess(one).catch((error: unknown) => {
      still.push(`${one.name}: ${error instanceof Error ? error.message : String(error)}`);
    });
  if (still.length > 0) throw new Error(`Not ended: ${still.join("; ")}`);
  return left.map(({ name }) => name);
}

/** Forgets the list, once all of it has ended. */
export function forgetNoted(dataDir: string): void {
  rmSync(fileOf(dataDir), { force: true });
}

/** A list that cannot be read names nobody who could be ended safely. */
function readNoted(dataDir: string): Noted {
  if (!existsSync(fileOf(dataDir))) return [];
  try {
    return schema.parse(JSON.parse(readFileSync(fileOf(dataDir), "utf8")));
  } catch {
    return [];
  }
}

function fileOf(dataDir: string): string {
  return join(dataDir, "processes.json");
}
