import type { AgentKey } from "../domain/agent.ts";
import { lifeEnded } from "../domain/decide-life-end.ts";
import type { HostedLife, LifeRow } from "../ports/agents.ts";
import type { SessionInfo } from "../ports/host.ts";
import { type Ended, endOf } from "./end-of-life.ts";
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
  if (life) await endOnRequest(life, reason, ports);
}

/**
 * Compares the lives this host should have with the sessions it has. A process that ended is
 * recorded, one whose agent was stopped is ended, a session that belongs to no life too: after a
 * restart this is adoption. What cannot be done for one life delays no other.
 */
export async function watchLives(ports: HostPorts): Promise<void> {
  const { store, terminal, broker, settings } = ports;
  const lives = await store.lives.onHost(settings.hostName);
  // Asked after the rows and before the sessions: whoever got its session since is in the list.
  const wasStarting = startingNow();
  const sessions = new Map((await terminal.list()).map((one) => [one.name, one]));
  const settled = lives.filter((life) => !wasStarting(life));
  const failures = await eachOf(settled, (life) =>
    watchLife(life, sessions.get(life.name) ?? null, ports),
  );
  const sockets = await broker.list();
  // A session has a row before it starts: what has none now has none at all.
  const known = new Set((await store.lives.onHost(settings.hostName)).map((life) => life.name));
  const strays = [...sessions.keys()].filter((name) => !known.has(name));
  const unheld = sockets.filter((name) => !known.has(name));
  failures.push(...(await eachOf(strays, (name) => endSession(name, ports))));
  failures.push(...(await eachOf(unheld, (name) => broker.close(name))));
  const lifeless = await store.lives.lifeless();
  failures.push(...(await eachOf(lifeless, (agent) => reviveAgent(agent, ports))));
  if (failures.length > 0) throw failures[0];
}

/** All at once; what fails is handed back when everything else is done. */
async function eachOf<Item>(
  items: readonly Item[],
  work: (item: Item) => Promise<void>,
): Promise<unknown[]> {
  const outcomes = await Promise.allSettled(items.map(work));
  return outcomes.flatMap((one) => (one.status === "rejected" ? [one.reason] : []));
}

async function watchLife(
  life: HostedLife,
  session: SessionInfo | null,
  ports: HostPorts,
): Promise<void> {
  // Whatever its lane is busy with, an agent that was stopped has no process for long (R12).
  if (session && !session.dead) {
    if (!life.isWanted) await endOnRequest(life, "its agent was stopped", ports);
    return;
  }
  if (!session && mayBeStarting(life)) return;
  await recordDeath(life, session, ports);
}

/** Another process of this host may be about to give the life its session. */
function mayBeStarting({ name, ageMs }: { readonly name: string; readonly ageMs: number }) {
  return ageMs < startsWithinMs && !hasBegunHere(name);
}

async function recordDeath(
  life: HostedLife,
  session: SessionInfo | null,
  ports: HostPorts,
): Promise<void> {
  const { terminal, settings } = ports;
  const screen = session ? await terminal.screen(life.name, screenLines) : "";
  const { ageMs, weatherBefore, heldForMs } = life;
  const remains = { session, screen, ageMs, weatherBefore, heldForMs };
  await clearAway(life, ports);
  await recordEnd(life, endOf(remains, settings.restarts), screen, ports);
}

/** Ends a life that still has a process, as a crash of its agent's: it lives and does nothing. */
export async function endAsCrash(
  life: HostedLife,
  reason: string,
  ports: HostPorts,
): Promise<void> {
  const screen = await ports.terminal.screen(life.name, screenLines);
  await clearAway(life, ports);
  const { ageMs } = life;
  const end = { how: "crashed", reason, lastScreen: screen, ageMs } as const;
  await recordEnd(life, { end, reason }, screen, ports);
}

async function endOnRequest(life: LifeRow, reason: string, ports: HostPorts): Promise<void> {
  await clearAway(life, ports);
  await recordEnd(life, { end: { how: "stopped" }, reason }, "", ports);
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
  { end, reason }: Ended,
  screen: string,
  { store, settings }: HostPorts,
): Promise<void> {
  const { epicId, agent } = life;
  await store.epics.change(epicId, { what: `life ${life.name} ended`, actor: null }, (view) => ({
    decision: lifeEnded(view, { agent, life: life.life, end }, settings.restarts),
    notes: [
      { kind: "lifeEnded", agent, life: life.life, how: end.how, reason, lastScreen: screen },
    ],
    result: null,
  }));
}
