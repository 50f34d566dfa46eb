import { readdirSync } from "node:fs";
import path from "node:path";
import { shortId } from "../../lib/ids.ts";
import { isLocked, type KernelLock, takeFreeLock } from "./kernel-lock.ts";

// How processes that share a folder tell each other that they are there. Each holds the lock on a
// file of its own as long as it lives, and names what it makes after that file. A number of a
// process would not do: another process gets it, at once in a container, and nobody sees beyond one.

type Presence = { readonly id: string; readonly lock: KernelLock };

const own = new Map<string, Presence>();

/**
 * What this process calls itself among those that use a folder, for as long as it lives.
 *
 * @param folder absolute, of this alone; made when missing
 * @returns an id as of `shortId`, that nobody else has or had
 * @throws {PortError} `sandbox`, when no lock can be taken
 */
export function presenceIn(folder: string): string {
  const known = own.get(folder);
  if (known !== undefined) return known.id;
  const id = shortId();
  const lock = takeFreeLock(path.join(folder, id));
  // Whoever sweeps may be looking at the file right now.
  if (lock === null) return presenceIn(folder);
  own.set(folder, { id, lock });
  sweep(folder);
  return id;
}

/** Whether the process of a name is there: this one, or another one that lives. */
export function isPresent(folder: string, id: string): boolean {
  return own.get(folder)?.id === id || isLocked(path.join(folder, id));
}

/** Files of processes that have ended say nothing more. */
function sweep(folder: string): void {
  for (const id of readdirSync(folder))
    if (own.get(folder)?.id !== id) takeFreeLock(path.join(folder, id))?.release();
}
