import { z } from "zod";
import type { Effect, GitHubEffect } from "../src/domain/effect.ts";
import type { GitHubEffectLimits } from "../src/effects/context.ts";
import { performGitHubEffect } from "../src/effects/perform-github.ts";
import { type LanePorts, performLane } from "../src/effects/perform-lane.ts";
import type { Git } from "../src/ports/git.ts";
import type { GitHub } from "../src/ports/git-hub.ts";
import type { WorkerDefinition } from "./define-worker.ts";

export type EffectsPorts = Omit<LanePorts, "perform"> & {
  readonly github: GitHub;
  readonly git: Git;
  readonly limits: GitHubEffectLimits;
  readonly isWithoutCells?: boolean;
};

/** Epics do not wait for each other; one epic's writes are in order. */
const lanesAtOnce = 8;

/** Woken by every change that queued an effect for GitHub, and by a tick. */
export function effectsWorker(ports: EffectsPorts): WorkerDefinition<{ readonly lane: string }> {
  return {
    queue: "effects",
    concurrency: lanesAtOnce,
    data: z.object({ lane: z.string().startsWith("epic/") }),
    run: ({ lane }) => performGitHubLane(lane, ports),
  };
}

export async function performGitHubLane(lane: string, ports: EffectsPorts): Promise<void> {
  const { github, git, limits, store, isWithoutCells = false } = ports;
  await performLane(lane, {
    ...ports,
    perform: async (queued) =>
      await performGitHubEffect(gitHubEffect(queued.effect), {
        view: await store.epics.view(queued.epicId),
        outboxKey: queued.key,
        triedSince: queued.triedSince,
        now: queued.now,
        github,
        git,
        limits,
        isWithoutCells,
      }),
  });
}

/** The lane of an epic holds effects for GitHub alone: hosts have lanes of their own. */
function gitHubEffect(effect: Effect): GitHubEffect {
  if ("agent" in effect) throw new Error(`${effect.kind} is in the lane of an epic`);
  return effect;
}
