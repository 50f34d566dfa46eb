import type { Dependencies } from "../dependencies/dependencies.ts";
import type { Agent } from "../domain/agent.ts";
import type { EpicView } from "../domain/epic-view.ts";
import type { RestartRules } from "../domain/restarts.ts";
import type { Git } from "../ports/git.ts";
import type { HealthLimits } from "../ports/health.ts";
import type { Broker, Sandbox, Terminal } from "../ports/host.ts";
import type { PlaceLimits } from "../ports/places.ts";
import type { Store } from "../ports/store.ts";

// What happens on an agent's host: lives start and stop, worktrees come and go, and what cells hand
// over becomes history.

export type HostPorts = {
  readonly store: Store;
  readonly git: Git;
  readonly sandbox: Sandbox;
  readonly terminal: Terminal;
  readonly broker: Broker;
  /** Without it no dependencies are set up. */
  readonly dependencies?: Pick<Dependencies, "withoutWaiting" | "inTheMaking">;
  readonly settings: HostSettings;
};

/** What a host may be used for by agents (O5). Sizes in bytes. */
export type RoomLimits = {
  readonly memoryBudgetBytes: number;
  /** Set aside for a life until it has shown what it needs. */
  readonly lifeMemoryBytes: number;
  readonly minDiskFreeBytes: number;
  readonly maxSessions: number;
  /** A limit that is reached again within this time is not told again. */
  readonly quietMs: number;
};

export type HostSettings = {
  readonly hostName: string;
  /** Folder of the panes' logs. */
  readonly logDir: string;
  /** The in-cell command of the built-in runner. */
  readonly runnerArgv: readonly string[];
  /** That of Claude Code under our wrapper. */
  readonly claudeCodeArgv: readonly string[];
  /** Whether agents' cells may read package registries; default false. */
  readonly agentRegistries?: boolean;
  /** How often a start waits for registries that are in trouble. */
  readonly setupTries?: number;
  readonly maxPackBytes: number;
  readonly maxDiffBytes: number;
  readonly maxFileBytes: number;
  readonly restarts: RestartRules;
  readonly health: HealthLimits;
  readonly places: PlaceLimits;
  readonly room: RoomLimits;
  /** How often the first in a line looks whether it may start. */
  readonly queueLookMs: number;
  /** In a long trouble with models one start each time finds out whether it is over. */
  readonly modelProbeMs?: number;
  /** `Name <address>` for a Signed-off-by line; null where the repository wants none. */
  readonly signOff: string | null;
};

/** A worktree's name on this host; the repository's folder is above it. */
export function worktreeKey(view: EpicView, task: number): string {
  return `epic-${view.epic.issueNumber}-task-${task}`;
}

/** Names sessions, cells and sockets of a host: the repository's id makes it unique there. */
export function lifeNamePrefix(view: EpicView, { key, task }: Pick<Agent, "key" | "task">): string {
  const { epic } = view;
  // Each question has an agent of its own: `orchestrator-12-q1`.
  if (key.startsWith("orchestrator/"))
    return `r${epic.repository.id}-orchestrator-${epic.issueNumber}-q${key.slice("orchestrator/".length)}`;
  const issue =
    task === null ? null : view.tasks.find((other) => other.ordinal === task)?.issueNumber;
  const who = task === null ? `supervisor-${epic.issueNumber}` : `worker-${issue ?? task}`;
  return `r${epic.repository.id}-${who}`;
}
