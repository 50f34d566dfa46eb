import type { AgentKey } from "../domain/agent.ts";
import { type LifeEnd, lifeEnded } from "../domain/decide-agent.ts";
import type { LifeRow } from "../ports/agents.ts";
import type { SessionInfo } from "../ports/host.ts";
import type { HostPorts } from "./host-ports.ts";
import { reviveAgent } from "./revive-agent.ts";
import { hasBegunHere, startingNow } from "./starting-lives.ts";

const screenLines = 40;
/** Between a life's row and its session, on the database's clock. */
const startsWithinMs = 15_000;

/** Stops an agent's newest life on request; a missing process is success. */
export async function stopLife(
  epicId: number,
  key: AgentKey,
  reason: string,
  ports: HostPorts,
): Promise<void> {
  const life = await ports.store.lives.newest(epicId, key);
  if (!life) return;
  await clearAway(life, ports);
  await recordEnd(life, { how: "stopped" }, { reason, screen: "" }, ports);
}

/**
 * Compares the lives this host should have with the sessions it has. A process that ended is
 * recorded, a session that belongs to no life is ended: after a restart this is adoption.
 */
export async function watchLives(ports: HostPorts): Promise<void> {
  const { store, terminal, broker, settings } = ports;
  const lives = await store.lives.onHost(settings.hostName);
  // Asked after the rows and before the sessions: whoever got its session since is in the list.
  const wasStarting = startingNow();
  const sessions = new Map((await terminal.list()).map((one) => [one.name, one]));
  for (const life of lives) {
    const session = sessions.get(life.name) ?? null;
    if ((session && !session.dead) || wasStarting(life)) continue;
    if (!session && mayBeStarting(life)) continue;
    await recordDeath(life, session, ports);
  }
  const sockets = await broker.list();
  // A session has a row before it starts: what has none now has none at all.
  const known = new Set((await store.lives.onHost(settings.hostName)).map((life) => life.name));
  for (const name of sessions.keys()) if (!known.has(name)) await endSession(name, ports);
  for (const name of sockets) if (!known.has(name)) await broker.close(name);
  for (const lifeless of await store.lives.lifeless()) await reviveAgent(lifeless, ports);
}

/** Another process of this host may be about to give the life its session. */
function mayBeStarting({ name, ageMs }: { readonly name: string; readonly ageMs: number }) {
  return ageMs < startsWithinMs && !hasBegunHere(name);
}

async function recordDeath(
  life: LifeRow,
  session: SessionInfo | null,
  ports: HostPorts,
): Promise<void> {
  const screen = session ? await ports.terminal.screen(life.name, screenLines) : "";
  const slept = session?.exitCode === 0;
  const reason = slept ? "it went to sleep" : deathOf(session);
  const end: LifeEnd = slept ? { how: "asleep" } : { how: "crashed", reason, lastScreen: screen };
  await clearAway(life, ports);
  await recordEnd(life, end, { reason, screen }, ports);
}

function deathOf(session: SessionInfo | null): string {
  if (!session) return "its process was gone";
  if (session.signal !== null) return `it was ended by signal ${session.signal}`;
  return `it ended with exit code ${session.exitCode ?? "unknown"}`;
}

async function clearAway(life: LifeRow, ports: HostPorts): Promise<void> {
  await endSession(life.name, ports);
  await ports.broker.close(life.name);
}

/** The session's end ends its cell, but for one that had only just begun. */
async function endSession(name: string, { terminal, sandbox }: HostPorts): Promise<void> {
  await terminal.kill(name);
  await sandbox.end(name);
}

async function recordEnd(
  life: LifeRow,
  end: LifeEnd,
  { reason, screen }: { readonly reason: string; readonly screen: string },
  { store, settings }: HostPorts,
): Promise<void> {
  const { epicId, agent } = life;
  await store.epics.change(epicId, { what: `life ${life.name} ended`, actor: null }, (view) => ({
    decision: lifeEnded(view, { agent, life: life.life, end }, settings.maxCrashes),
    notes: [
      { kind: "lifeEnded", agent, life: life.life, how: end.how, reason, lastScreen: screen },
    ],
    result: null,
  }));
}
