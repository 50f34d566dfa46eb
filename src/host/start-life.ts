import { randomBytes } from "node:crypto";
import { join } from "node:path";
import { type Agent, type AgentKey, taskOfAgent } from "../domain/agent.ts";
import { agentOf, taskOf } from "../domain/decision.ts";
import { epicHasEnded } from "../domain/epic.ts";
import type { EpicView } from "../domain/epic-view.ts";
import type { Harness } from "../domain/profile.ts";
import { hashToken } from "../lib/token-hash.ts";
import type { LifeRow } from "../ports/agents.ts";
import type { Worktree } from "../ports/git.ts";
import { type HostPorts, lifeNamePrefix, worktreeKey } from "./host-ports.ts";
import { beganHere, whileStarting } from "./starting-lives.ts";

const tokenBytes = 32;

/**
 * Gives an agent a process: worktree, socket, cell, tmux session. A life that an earlier try of the
 * same effect started is taken as it is.
 *
 * @returns the life that runs now; null when the agent is not to be started any more
 */
export async function startLife(
  view: EpicView,
  key: AgentKey,
  ports: HostPorts,
): Promise<LifeRow | null> {
  const agent = agentOf(view, key);
  if (agent?.state !== "STARTING" || epicHasEnded(view.epic)) return null;
  const earlier = await runningLife(view, agent, ports);
  if (earlier) return earlier;
  const worktree = await provideWorktree(view, agent, ports);
  return await runNewLife(view, agent, worktree, ports);
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

async function runNewLife(
  view: EpicView,
  agent: Agent,
  worktree: Worktree | null,
  ports: HostPorts,
): Promise<LifeRow> {
  const token = randomBytes(tokenBytes).toString("base64url");
  const { level: cellLevel } = await ports.sandbox.level();
  return await whileStarting({ epicId: view.epic.id, agent: agent.key }, async () => {
    const life = await ports.store.lives.begin({
      epicId: view.epic.id,
      agent: agent.key,
      role: agent.role,
      host: ports.settings.hostName,
      namePrefix: lifeNamePrefix(view, agent.task),
      tokenHash: hashToken(token),
      cellLevel,
    });
    beganHere(life.name);
    await openSession(life.name, token, { worktree, harness: agent.harness }, ports);
    return life;
  });
}

async function openSession(
  name: string,
  token: string,
  { worktree, harness }: { readonly worktree: Worktree | null; readonly harness: Harness },
  { broker, sandbox, terminal, settings }: HostPorts,
): Promise<void> {
  const { dir } = await broker.open({ name, token });
  const cell = { id: name, worktree, brokerDir: dir, environment: {}, timeoutMs: null };
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
