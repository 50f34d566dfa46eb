import { createDependencies, type Dependencies } from "../../src/dependencies/dependencies.ts";
import type { EffectResult } from "../../src/domain/effect-fact.ts";
import type { HostPorts } from "../../src/host/host-ports.ts";
import { performHostEffect } from "../../src/host/perform-host.ts";
import { systemClock } from "../../src/lib/clock.ts";
import type { HostWorld } from "../host/host-world.ts";
import { temporaryFolder } from "../support/temporary-folder.ts";

/** A way to registries that leads to none. */
const noBroker = {
  openRegistries: async () => ({ dir: temporaryFolder() }),
  close: async () => undefined,
};

/** What a process of the product has for dependencies, where a command of ours sets trees up. */
export function dependenciesOn(
  { git, sandbox }: Pick<HostPorts, "git" | "sandbox">,
  setupCommand: string,
): Dependencies {
  return createDependencies({
    ...{ git, sandbox, broker: noBroker, atOnce: 1, clock: systemClock },
    inputs: { command: setupCommand, inputs: null, scripts: false },
    onSetup: () => undefined,
  });
}

/** Performs the start of the worker's life once. */
export async function startOnce(
  world: HostWorld,
  change: Partial<HostPorts>,
): Promise<EffectResult> {
  const ports = { ...world.ports, ...change };
  return await performHostEffect(
    { kind: "startLife", agent: "worker/1" },
    await world.view(),
    ports,
  );
}
