import { randomBytes } from "node:crypto";
import { join } from "node:path";
import { type Agent, type AgentKey, taskOfAgent } from "../domain/agent.ts";
import { agentOf, taskOf } from "../domain/decision.ts";
import { epicHasEnded } from "../domain/epic.ts";
import type { EpicView } from "../domain/epic-view.ts";
import type { Harness } from "../domain/profile.ts";
import { hashToken } from "../lib/token-hash.ts";
import type { LifeRow } from "../ports/agents.ts";
import type { LentDependencies } from "../ports/dependencies.ts";
import type { Worktree } from "../ports/git.ts";
import type { PlaceAsked } from "../ports/places.ts";
import { type Queued, queuedFor, whyNoModel, whyNoRoom, whyNotNow } from "./admit-life.ts";
import { type HostPorts, lifeNamePrefix, worktreeKey } from "./host-ports.ts";
import { type Lent, lendDependencies, whyNotSetUp } from "./lend-dependencies.ts";
import { oneAtATime } from "./one-at-a-time.ts";
import { beganHere, whileStarting } from "./starting-lives.ts";

const tokenBytes = 32;

export type Started =
  | { readonly kind: "runs"; readonly life: LifeRow }
  /** The agent is not to be started any more. */
  | { readonly kind: "notWanted" }
  | Queued;

/**
 * Gives an agent a process: worktree, socket, cell, tmux session; or a place in line where there is
 * none for it now. A life that an earlier try of the same effect started is taken as it is.
 *
 * @param effectId orders those that wait; null where nobody waits behind this start
 */
export async function startLife(
  view: EpicView,
  key: AgentKey,
  ports: HostPorts,
  effectId: number | null = null,
): Promise<Started> {
  const agent = agentToStart(view, key);
  if (!agent) return { kind: "notWanted" };
  const earlier = await runningLife(view, agent, ports);
  if (earlier) return { kind: "runs", life: earlier };
  const asked = { epicId: view.epic.id, agent: key, role: agent.role, effectId };
  const commit = commitOf(view, agent);
  const waits = (await whyNotNow(asked, ports)) ?? (commit && whyNotSetUp(view, commit, ports));
  if (waits) return waits;
  const worktree = await provideWorktree(view, agent, ports);
  const lent: Lent =
    worktree === null || commit === null
      ? { kind: "lent", dependencies: null }
      : await lendDependencies(view, { worktree, agent: agent.key, ...commit }, ports);
  if (lent.kind === "queued") return lent;
  const { dependencies } = lent;
  return await oneAtATime(() => startInTurn(asked, { worktree, dependencies }, ports));
}

/** Where an agent works: null for one that has no files of its own. */
type Place = {
  readonly worktree: Worktree | null;
  readonly dependencies: LentDependencies | null;
};

function agentToStart(view: EpicView, key: AgentKey): Agent | null {
  const agent = agentOf(view, key);
  return agent?.state === "STARTING" && !epicHasEnded(view.epic) ? agent : null;
}

/** Looks at everything again: making the worktree may have taken minutes. */
async function startInTurn(asked: PlaceAsked, place: Place, ports: HostPorts): Promise<Started> {
  const view = await ports.store.epics.view(asked.epicId);
  const agent = agentToStart(view, asked.agent);
  if (!agent) return { kind: "notWanted" };
  const waits = (await whyNoRoom(asked, ports)) ?? (await whyNoModel(ports));
  return waits ?? (await runNewLife({ view, agent, place }, asked, ports));
}

async function runningLife(
  view: EpicView,
  agent: Agent,
  { store, terminal, settings }: HostPorts,
): Promise<LifeRow | null> {
  const newest = await store.lives.newest(view.epic.id, agent.key);
  if (!newest || newest.life <= agent.life) return null;
  const here = await store.lives.onHost(settings.hostName);
  const sessions = await terminal.list();
  const isOpen = here.some((life) => life.name === newest.name);
  const runs = sessions.some((session) => session.name === newest.name && !session.dead);
  return isOpen && runs ? newest : null;
}

/** Filled once, before the first life: later ones find the files as the last one left them. */
async function provideWorktree(
  view: EpicView,
  agent: Agent,
  { git, sandbox }: HostPorts,
): Promise<Worktree | null> {
  const ordinal = taskOfAgent(agent.key);
  const task = ordinal === null ? null : taskOf(view, ordinal);
  const { repository } = view.epic;
  if (!task) {
    await git.fetch(repository);
    return null;
  }
  const sha = task.headSha ?? task.baseSha;
  if (task.branch === null || sha === null)
    throw new Error(`task ${task.ordinal} of epic ${view.epic.id} has no branch to work on`);
  const key = worktreeKey(view, task.ordinal);
  const known = await git.worktrees(repository);
  if (agent.life > 0 && known.includes(key)) return git.worktree(repository, key);
  await git.fetch(repository);
  const worktree = await git.addWorktree(repository, { key, branch: task.branch, sha });
  await sandbox.checkout(worktree, sha);
  return worktree;
}

/** What the worktree of an agent holds; null for one that has none. */
function commitOf(view: EpicView, { task: ordinal }: Agent) {
  const task = ordinal === null ? null : taskOf(view, ordinal);
  const sha = task?.headSha ?? task?.baseSha ?? null;
  return task && sha !== null ? { task: task.ordinal, sha } : null;
}

async function runNewLife(
  { view, agent, place }: { view: EpicView; agent: Agent; place: Place },
  asked: PlaceAsked,
  ports: HostPorts,
): Promise<Started> {
  const token = randomBytes(tokenBytes).toString("base64url");
  const { level: cellLevel } = await ports.sandbox.level();
  return await whileStarting({ epicId: view.epic.id, agent: agent.key }, async () => {
    const { epicId, role, effectId } = asked;
    const who = { epicId, agent: agent.key, role, namePrefix: lifeNamePrefix(view, agent) };
    const { hostName: host, places } = ports.settings;
    const row = { ...who, host, tokenHash: hashToken(token), cellLevel };
    const begun = await ports.store.lives.beginInPlace(row, effectId, places);
    if (begun.kind === "queued") return await queuedFor(begun, asked, ports);
    const { life } = begun;
    beganHere(life.name);
    await openSession(life.name, token, { ...place, harness: agent.harness }, ports);
    return { kind: "runs", life };
  });
}

async function openSession(
  name: string,
  token: string,
  { worktree, dependencies, harness }: Place & { readonly harness: Harness },
  { broker, sandbox, terminal, settings }: HostPorts,
): Promise<void> {
  const registries = settings.agentRegistries ?? false;
  const { dir } = await broker.open({ name, token, registries });
  const cell = {
    ...{ id: name, worktree, dependencies, registries },
    ...{ brokerDir: dir, environment: {}, timeoutMs: null },
  };
  await terminal.start({
    name,
    argv: sandbox.wrap(cell, argvOf(harness, settings)),
    logFile: join(settings.logDir, `${name}.log`),
  });
}

function argvOf(
  harness: Harness,
  { runnerArgv, claudeCodeArgv }: HostPorts["settings"],
): readonly string[] {
  switch (harness) {
    case "runner":
      return runnerArgv;
    case "claude-code":
      return claudeCodeArgv;
    default:
      return harness satisfies never;
  }
}
