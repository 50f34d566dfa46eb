import { z } from "zod";
import { landEpic } from "../src/landing/land-epic.ts";
import type { LandingPorts } from "../src/landing/landing-ports.ts";
import type { WorkerDefinition } from "./define-worker.ts";

/** Verifies are the heaviest thing a host does. */
const epicsAtOnce = 2;

/** Woken by approvals and landings, and by a tick. It reads what is true: a lost wake only delays. */
export function landingsWorker(ports: LandingPorts): WorkerDefinition<{ readonly epicId: number }> {
  return {
    queue: "landings",
    concurrency: epicsAtOnce,
    data: z.object({ epicId: z.int().positive() }),
    run: ({ epicId }) => landEpic(epicId, ports),
  };
}
