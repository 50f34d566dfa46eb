import { z } from "zod";
import type { Effect, HostEffect } from "../src/domain/effect.ts";
import { type LanePorts, performLane } from "../src/effects/perform-lane.ts";
import type { HostPorts } from "../src/host/host-ports.ts";
import { performHostEffect } from "../src/host/perform-host.ts";
import type { WorkerDefinition } from "./define-worker.ts";

export type AgentsPorts = Omit<LanePorts, "perform"> & { readonly host: HostPorts };

/** Starting lives is bound by the processor: more at once would only make each slower. */
const lanesAtOnce = 4;

/** One per host: starts, stops and serves its agents. An agent is never a job. */
export function agentsWorker(ports: AgentsPorts): WorkerDefinition<{ readonly lane: string }> {
  return {
    queue: `agents-${ports.host.settings.hostName}`,
    concurrency: lanesAtOnce,
    data: z.object({ lane: z.string().startsWith("agent/") }),
    run: ({ lane }) => performHostLane(lane, ports),
  };
}

export async function performHostLane(lane: string, ports: AgentsPorts): Promise<void> {
  await performLane(lane, {
    ...ports,
    perform: async (queued) =>
      await performHostEffect(
        hostEffect(queued.effect),
        await ports.store.epics.view(queued.epicId),
        ports.host,
        queued.id,
      ),
  });
}

function hostEffect(effect: Effect): HostEffect {
  if (!("agent" in effect)) throw new Error(`${effect.kind} is in the lane of an agent`);
  return effect;
}
