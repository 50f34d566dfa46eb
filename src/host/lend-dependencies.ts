import { createHash } from "node:crypto";
import type { AgentKey } from "../domain/agent.ts";
import { setupFailedMail } from "../domain/decide-setup.ts";
import type { EpicView } from "../domain/epic-view.ts";
import { PortError } from "../lib/port-error.ts";
import type { LentDependencies } from "../ports/dependencies.ts";
import type { Worktree } from "../ports/git.ts";
import type { HostPorts } from "./host-ports.ts";

/** A start waits so often for registries; then the agent begins without, and knows it. */
const defaultSetupTries = 5;
// Who was told what by this process: an agent that wakes again need not hear it again.
const told = new Set<string>();

export type LendingWorktree = {
  readonly worktree: Worktree;
  readonly agent: AgentKey;
  readonly task: number;
  readonly sha: string;
};

/**
 * Gives a worktree in which nothing lives the dependencies of its commit. What cannot be set up
 * keeps no agent from its work, to which the mend may belong: it is told.
 *
 * @throws {PortError} retryable, while registries are in trouble
 */
export async function lendDependencies(
  view: EpicView,
  what: LendingWorktree,
  ports: HostPorts,
): Promise<LentDependencies | null> {
  const { sandbox, dependencies, settings } = ports;
  if (dependencies === undefined) return null;
  const { worktree, task, sha } = what;
  const provided = await dependencies.forTree(view, { sha, task });
  switch (provided.kind) {
    case "ready":
      return await sandbox.lend(worktree, provided.set);
    case "none":
      await sandbox.takeBack(worktree);
      return null;
    case "failed":
      await tell(view, what.agent, provided.output, ports);
      await sandbox.takeBack(worktree);
      return null;
    case "refused":
      await tell(view, what.agent, provided.reason, ports);
      return null;
    case "weather":
      if (provided.tries < (settings.setupTries ?? defaultSetupTries))
        throw new PortError("sandbox", `dependencies of task ${task}: ${provided.reason}`, {
          retryable: true,
        });
      await tell(view, what.agent, provided.reason, ports);
      return null;
    default:
      return provided satisfies never;
  }
}

async function tell(
  view: EpicView,
  agent: AgentKey,
  output: string,
  { store }: HostPorts,
): Promise<void> {
  const { id } = view.epic;
  const what = createHash("sha256").update(output).digest("hex");
  const key = `${id}/${agent}/${what}`;
  if (told.has(key)) return;
  const cause = { what: `dependencies of ${agent} could not be set up`, actor: null };
  await store.epics.change(id, cause, () => ({
    decision: { mail: [setupFailedMail(agent, output)] },
    result: null,
  }));
  told.add(key);
}
