import { askHealth } from "../domain/decide-agent.ts";
import type { SilentLife } from "../ports/health.ts";
import { endAsCrash } from "./end-life.ts";
import type { HostPorts } from "./host-ports.ts";

/**
 * Asks lives of this host that show no progress, and starts those anew that were asked in vain
 * (R1). What cannot be done for one delays no other. While this host does not reach the product its
 * lives cannot either: that is our outage, and nobody is judged by it (R6).
 */
export async function checkHealth(ports: HostPorts): Promise<void> {
  const { store, broker, settings } = ports;
  await broker.reachProduct();
  await store.health.reached(settings.hostName, settings.health.gapMs);
  const silent = await store.health.silent(settings.hostName, settings.health);
  const outcomes = await Promise.allSettled(
    silent.map((life) =>
      life.isSpent ? endAsCrash(life, reasonOf(life), ports) : ask(life, ports),
    ),
  );
  const failed = outcomes.find((one) => one.status === "rejected");
  if (failed) throw failed.reason;
}

async function ask(silent: SilentLife, { store, settings }: HostPorts): Promise<void> {
  const { epicId, agent, life } = silent;
  const cause = { what: `life ${silent.name} shows no progress`, actor: null };
  await store.epics.change(epicId, cause, (view) => {
    const decision = askHealth(view, silent, settings.health.restartMs);
    const seconds = Math.round(silent.silentForMs / 1_000);
    return {
      decision,
      notes: decision.mail ? [{ kind: "healthAsked", agent, life, seconds }] : [],
      result: null,
    };
  });
}

function reasonOf({ silentForMs, unseenForMs }: SilentLife): string {
  const seconds = (ms: number) => `${Math.round(ms / 1_000)} seconds`;
  return unseenForMs >= silentForMs
    ? `its process gave no sign of life for ${seconds(unseenForMs)}`
    : `it made no progress for ${seconds(silentForMs)}`;
}
