import { existsSync, linkSync, readFileSync, renameSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { z } from "zod";
import { systemClock } from "../../lib/clock.ts";
import { shortId } from "../../lib/ids.ts";
import { makeFolder } from "./folders.ts";
import {
  argumentsOf,
  identifyProcess,
  isRunning,
  type ProcessIdentity,
} from "./process-identity.ts";

/** Databases take the longest to end in order. */
const guardLimitMs = 30_000;
const lookEveryMs = 50;

const identitySchema = z.object({ pid: z.int().positive(), startTicks: z.number() });

export type DataFolder = {
  readonly folder: string;
  /** Lets the next run in. Nothing else in the folder is touched. */
  readonly release: () => void;
};

export type Locked = { readonly refused: "locked"; readonly detail: string };

/**
 * Makes a data folder and takes it for this process, so that two runs never share one. The lock of
 * a process that has died is taken over; that of a guard is waited for, with signals heard meanwhile.
 *
 * @param chosenBy the option or variable that names another folder
 * @returns the folder, or a refusal that names who holds it
 * @throws {FolderError} when it cannot be one
 */
export async function takeDataFolder(
  folder: string,
  chosenBy = "--data",
): Promise<DataFolder | Locked> {
  // Passable where we are root: the servers' user has its own folders inside.
  // One that is there may be somebody's with reasons of his own: its mode stays.
  if (!existsSync(folder)) makeFolder(folder, process.getuid?.() === 0 ? 0o711 : 0o700, null);
  const lock = join(folder, "lock");
  const own = identifyProcess(process.pid);
  if (!own) throw new Error("this process cannot read its own entry in /proc");
  const guardDeadlineMs = performance.now() + guardLimitMs;
  for (;;) {
    if (createLock(lock, own)) return { folder, release: () => releaseLock(lock, own) };
    const holder = readHolder(lock);
    if (holder && isGuard(holder.pid) && performance.now() < guardDeadlineMs) {
      // It has what a killed run left, and is about to have ended it.
      await systemClock.sleep(lookEveryMs);
      continue;
    }
    if (holder && isRunning(holder)) {
      const detail =
        `${folder} is in use by process ${holder.pid}; wait for it, stop it, ` +
        `or choose another folder with ${chosenBy}`;
      return { refused: "locked", detail };
    }
    removeStaleLock(lock, holder);
  }
}

function isGuard(pid: number): boolean {
  return argumentsOf(pid)[1]?.endsWith("/embedded/guard.ts") === true;
}

function createLock(lock: string, own: ProcessIdentity): boolean {
  const draft = `${lock}.${shortId()}`;
  writeFileSync(draft, JSON.stringify(own), { mode: 0o600 });
  try {
    // Unlike an exclusive open, a link appears together with its content.
    linkSync(draft, lock);
    return true;
  } catch (error) {
    if (error instanceof Error && "code" in error && error.code === "EEXIST") return false;
    throw error;
  } finally {
    rmSync(draft);
  }
}

// Moved aside and looked at again: between our look and our hand another run may have taken over.
function removeStaleLock(lock: string, stale: ProcessIdentity | null): void {
  const aside = `${lock}.${shortId()}`;
  try {
    renameSync(lock, aside);
  } catch {
    return;
  }
  const moved = readHolder(aside);
  const isAnother = moved?.pid !== stale?.pid || moved?.startTicks !== stale?.startTicks;
  if (isAnother && !existsSync(lock)) renameSync(aside, lock);
  rmSync(aside, { force: true });
}

function releaseLock(lock: string, own: ProcessIdentity): void {
  const holder = readHolder(lock);
  if (holder?.pid === own.pid && holder.startTicks === own.startTicks) rmSync(lock);
}

function readHolder(lock: string): ProcessIdentity | null {
  try {
    return identitySchema.parse(JSON.parse(readFileSync(lock, "utf8")));
  } catch {
    return null;
  }
}
