import { createHash } from "node:crypto";
import type { AgentKey } from "../domain/agent.ts";
import { tellSetupFailed } from "../domain/decide-setup.ts";
import type { EpicView } from "../domain/epic-view.ts";
import type { LentDependencies } from "../ports/dependencies.ts";
import type { Worktree } from "../ports/git.ts";
import type { Queued } from "./admit-life.ts";
import type { HostPorts } from "./host-ports.ts";

/** A start waits so often for registries; then the agent begins without, and knows it. */
const defaultSetupTries = 5;
/** A word with so many digits is a time or a name of one run; a version has fewer. */
const digitsOfOneRun = 8;

export type LendingWorktree = {
  readonly worktree: Worktree;
  readonly agent: AgentKey;
  readonly task: number;
  readonly sha: string;
};

/** What came of lending: a start whose dependencies are not there yet waits for them. */
export type Lent =
  | { readonly kind: "lent"; readonly dependencies: LentDependencies | null }
  | Queued;

/** Whether an agent still waits for its dependencies: a cheap look before anything is prepared. */
export function whyNotSetUp(
  view: EpicView,
  { task, sha }: { readonly task: number; readonly sha: string },
  { dependencies, settings }: HostPorts,
): Queued | null {
  const making = dependencies?.inTheMaking(view, { sha, task }) ?? null;
  return making === null ? null : behindSetup(making.reason, settings.queueLookMs);
}

/**
 * Gives a worktree in which nothing lives the dependencies of its commit. Setting them up takes
 * minutes: that is done beside the starts of others, and this one comes again. What cannot be set
 * up keeps no agent from its work, to which the mend may belong: it is told.
 */
export async function lendDependencies(
  view: EpicView,
  what: LendingWorktree,
  ports: HostPorts,
): Promise<Lent> {
  const { sandbox, dependencies, settings } = ports;
  if (dependencies === undefined) return NOTHING;
  const { worktree, task, sha } = what;
  const provided = await dependencies.withoutWaiting(view, { sha, task });
  switch (provided.kind) {
    case "ready":
      return { kind: "lent", dependencies: await sandbox.lend(worktree, provided.set) };
    case "making":
      return behindSetup(provided.reason, settings.queueLookMs);
    case "none":
      await sandbox.takeBack(worktree);
      return NOTHING;
    case "failed":
      await tell(view, what.agent, failure(provided.output), ports);
      await sandbox.takeBack(worktree);
      return NOTHING;
    case "refused":
      await tell(view, what.agent, failure(provided.reason), ports);
      return NOTHING;
    case "weather": {
      const most = settings.setupTries ?? defaultSetupTries;
      const { tries, retryInMs } = provided;
      const reason = `package registries are in trouble: try ${tries} of ${most} to install its dependencies`;
      if (tries < most) return behindSetup(reason, retryInMs);
      // Of what registries say each time no two words may be the same.
      const news = { about: `registries at ${sha}`, output: provided.reason };
      await tell(view, what.agent, news, ports);
      return NOTHING;
    }
    default:
      return provided satisfies never;
  }
}

const NOTHING: Lent = { kind: "lent", dependencies: null };

function behindSetup(reason: string, delayMs: number): Queued {
  return { kind: "queued", queue: "setup", reason, delayMs };
}

type News = { readonly about: string; readonly output: string };

function failure(output: string): News {
  const lasting = output
    .split(/\s+/)
    .filter((word) => word.replaceAll(/\D/g, "").length < digitsOfOneRun)
    .join(" ");
  return { about: createHash("sha256").update(lasting).digest("hex"), output };
}

async function tell(
  { epic }: EpicView,
  agent: AgentKey,
  news: News,
  { store }: HostPorts,
): Promise<void> {
  const cause = { what: `dependencies of ${agent} could not be set up`, actor: null };
  await store.epics.change(epic.id, cause, (now) => ({
    decision: tellSetupFailed(now, agent, news),
    result: null,
  }));
}
