import { statfs } from "node:fs/promises";
import { taskOfAgent } from "../domain/agent.ts";
import type { Clock } from "../lib/clock.ts";
import type { HostedLife } from "../ports/agents.ts";
import { endAsCrash } from "./end-life.ts";
import { type HostPorts, worktreeKey } from "./host-ports.ts";

// What no kernel limit bounds: how long a life runs, and what its worktree holds. Worktrees are
// measured by cells of their own, which costs: only when the disk has lost a part of what one may
// hold, or after a while.

export type LifeBounds = {
  readonly lifeLimitMs: number;
  readonly maxBytes: number;
  readonly maxFiles: number;
};

type Free = { readonly bytes: number; readonly files: number };

/** This part of what a worktree may hold, gone from the disk, is worth a look. */
const partWorthALook = 1 / 16;
const looksAnywayMs = 60_000;

/**
 * Watches one host's lives.
 *
 * @param dataDir the folder whose file system holds the worktrees
 * @returns one look; it ends lives that are over a bound, with the reason
 */
export function createBoundsWatch(
  bounds: LifeBounds,
  dataDir: string,
  clock: Clock,
): (ports: HostPorts) => Promise<void> {
  let last: { readonly free: Free; readonly atMs: number } | null = null;

  const isWorthALook = async (): Promise<boolean> => {
    const { bavail, bsize, ffree } = await statfs(dataDir);
    const free = { bytes: bavail * bsize, files: ffree };
    const nowMs = clock.nowMs();
    const isDue =
      last === null ||
      nowMs - last.atMs >= looksAnywayMs ||
      last.free.bytes - free.bytes >= bounds.maxBytes * partWorthALook ||
      last.free.files - free.files >= bounds.maxFiles * partWorthALook;
    // Space that others gave back must not hide what is taken next.
    if (isDue) last = { free, atMs: nowMs };
    else if (last) last = { ...last, free: larger(last.free, free) };
    return isDue;
  };

  return async (ports) => {
    const lives = await ports.store.lives.onHost(ports.settings.hostName);
    const isDue = await isWorthALook();
    for (const life of lives) {
      const reason = overTime(life, bounds) ?? (isDue ? await overSize(life, bounds, ports) : null);
      if (reason !== null) await endAsCrash(life, reason, ports);
    }
  };
}

function larger(one: Free, other: Free): Free {
  return { bytes: Math.max(one.bytes, other.bytes), files: Math.max(one.files, other.files) };
}

function overTime({ ageMs }: HostedLife, { lifeLimitMs }: LifeBounds): string | null {
  return ageMs > lifeLimitMs ? `it ran for longer than LIFE_LIMIT_MS, ${lifeLimitMs} ms` : null;
}

async function overSize(
  life: HostedLife,
  { maxBytes, maxFiles }: LifeBounds,
  { store, git, sandbox }: HostPorts,
): Promise<string | null> {
  const task = taskOfAgent(life.agent);
  if (task === null) return null;
  const view = await store.epics.view(life.epicId);
  const held = await sandbox.measure(git.worktree(view.epic.repository, worktreeKey(view, task)));
  if (held === null) return null;
  if (held.bytes > maxBytes)
    return `its worktree holds ${held.bytes} bytes; WORKTREE_MAX_BYTES is ${maxBytes}`;
  if (held.files > maxFiles)
    return `its worktree holds ${held.files} files; WORKTREE_MAX_FILES is ${maxFiles}`;
  return null;
}
