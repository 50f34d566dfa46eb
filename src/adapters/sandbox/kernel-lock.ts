import { spawn, spawnSync } from "node:child_process";
import { closeSync, fstatSync, mkdirSync, openSync, rmSync, statSync } from "node:fs";
import path from "node:path";
import { PortError } from "../../lib/port-error.ts";

// Locks of the kernel's on files. A lock belongs to what is open here: it ends with this process,
// however that ends, and holds among processes that do not see each other, too, as in containers.
// Node itself takes none: a program takes it on the file that it is handed, and is gone.

export type KernelLock = {
  /** Gives it up, with its file. */
  readonly release: () => void;
};

const FLOCK = "/usr/bin/flock";
const HANDED_FD = "3";
const CONFLICT = 1;
/** How often a file may go away while it is being locked. */
const MOST_TRIES = 100;

/**
 * Takes the lock on a file, which is made when it is missing.
 *
 * @returns null when others hold it for longer than the limit
 * @throws {PortError} `sandbox`, when no lock can be taken at all
 */
export async function takeLock(file: string, limitMs: number): Promise<KernelLock | null> {
  const deadline = Date.now() + limitMs;
  for (let tries = 0; tries < MOST_TRIES; tries += 1) {
    const fd = openFile(file);
    const leftMs = deadline - Date.now();
    const wait = leftMs > 0 ? ["--wait", String(leftMs / 1_000)] : ["--nonblock"];
    const lock = lockOf(file, fd, await endOf(["--exclusive", ...wait], fd));
    if (lock !== "gone") return lock;
  }
  throw noLock(file, "its file goes away each time");
}

/** The same at once: null when somebody else holds it. */
export function takeFreeLock(file: string): KernelLock | null {
  for (let tries = 0; tries < MOST_TRIES; tries += 1) {
    const fd = openFile(file);
    const lock = lockOf(file, fd, endNow(["--exclusive", "--nonblock"], fd));
    if (lock !== "gone") return lock;
  }
  throw noLock(file, "its file goes away each time");
}

/**
 * Whether somebody holds the lock on a file; a missing one nobody does.
 *
 * @param program asked in place of flock(1); it ends with 0 when the lock is free, with 1 when not
 * @throws {PortError} `sandbox`, when that cannot be told
 */
export function isLocked(file: string, program: string = FLOCK): boolean {
  if (statSync(file, { throwIfNoEntry: false }) === undefined) return false;
  const fd = openFile(file);
  try {
    // Two that look at once do not see each other.
    const exitCode = endNow(["--shared", "--nonblock"], fd, program);
    if (exitCode === CONFLICT) return true;
    if (exitCode === 0) return false;
    throw notTold(file, exitCode);
  } finally {
    closeSync(fd);
  }
}

function openFile(file: string): number {
  mkdirSync(path.dirname(file), { recursive: true, mode: 0o700 });
  return openSync(file, "a", 0o600);
}

/** What taking the lock came to; the file may have been removed before it was locked. */
function lockOf(file: string, fd: number, exitCode: number): KernelLock | null | "gone" {
  if (exitCode !== 0) closeSync(fd);
  if (exitCode === CONFLICT) return null;
  if (exitCode !== 0) throw noLock(file, `flock ended with ${exitCode}`);
  if (statSync(file, { throwIfNoEntry: false })?.ino !== fstatSync(fd).ino) {
    closeSync(fd);
    return "gone";
  }
  return {
    release: () => {
      rmSync(file, { force: true });
      closeSync(fd);
    },
  };
}

function endNow(options: readonly string[], fd: number, program: string = FLOCK): number {
  const { status, error } = spawnSync(program, [...options, HANDED_FD], {
    stdio: ["ignore", "ignore", "ignore", fd],
  });
  if (error) throw noProgram(error, program);
  return status ?? -1;
}

function endOf(options: readonly string[], fd: number): Promise<number> {
  return new Promise((resolve, reject) => {
    const child = spawn(FLOCK, [...options, HANDED_FD], {
      stdio: ["ignore", "ignore", "ignore", fd],
    });
    child.once("error", (error) => {
      closeSync(fd);
      reject(noProgram(error));
    });
    child.once("exit", (code) => resolve(code ?? -1));
  });
}

function noLock(file: string, why: string): PortError {
  const message = `the lock ${path.basename(file)} cannot be taken: ${why}`;
  return new PortError("sandbox", message, { retryable: true });
}

function notTold(file: string, exitCode: number): PortError {
  const message = `the lock ${path.basename(file)} cannot be looked at: flock ended with ${exitCode}`;
  return new PortError("sandbox", message, { retryable: true });
}

function noProgram(cause: Error, program: string = FLOCK): PortError {
  const message = `${program} cannot be run: install util-linux`;
  return new PortError("sandbox", message, { retryable: false, cause });
}
