import { taskOfAgent } from "../domain/agent.ts";
import type { Clock } from "../lib/clock.ts";
import { createLossWatch } from "../lib/notice-loss.ts";
import type { HostedLife } from "../ports/agents.ts";
import { endAsCrash } from "./end-life.ts";
import { type HostPorts, worktreeKey } from "./host-ports.ts";

// What no kernel limit bounds: how long a life runs, and what its worktree holds. Worktrees are
// measured by cells of their own, which costs: only when that is worth it.

export type LifeBounds = {
  readonly lifeLimitMs: number;
  readonly maxBytes: number;
  readonly maxFiles: number;
};

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
  const share = { bytes: bounds.maxBytes, files: bounds.maxFiles };
  const isWorthALook = createLossWatch(dataDir, share, clock);
  return async (ports) => {
    const lives = await ports.store.lives.onHost(ports.settings.hostName);
    const isDue = await isWorthALook();
    for (const life of lives) {
      const reason = overTime(life, bounds) ?? (isDue ? await overSize(life, bounds, ports) : null);
      if (reason !== null) await endAsCrash(life, reason, ports);
    }
  };
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
