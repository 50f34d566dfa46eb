import { existsSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { createSandbox } from "../../src/adapters/sandbox/sandbox.ts";
import type { Agent } from "../../src/domain/agent.ts";
import type { HostEffect } from "../../src/domain/effect.ts";
import { worktreeKey } from "../../src/host/host-ports.ts";
import { withEpicBranch, withIssue } from "../effects/stage.ts";
import { taskOf, viewOf } from "../effects/views.ts";
import { finishChild } from "./run-child.ts";
import { runGit } from "./run-git.ts";
import { type CrashCase, outboxProblems, queue, type Staged, storeEpic } from "./staged.ts";
import type { World } from "./world.ts";

const agent = "worker/1";
const branch = "ff/task-2-part-1";
const callId = "call-1";

/** Every kind of effect on an agent's host: real cells, tmux, broker, git and PostgreSQL. */
export const hostCases: readonly CrashCase[] = [
  {
    name: "startLife",
    // The worktree, the socket, the session.
    calls: 3,
    stage: async (world) => {
      const epicId = await storeWorker(world, "STARTING");
      return await staged(world, epicId, { kind: "startLife", agent }, () =>
        livesProblems(world, epicId, 1),
      );
    },
  },
  {
    name: "stopLife",
    // The session, the socket.
    calls: 2,
    stage: async (world) => {
      const epicId = await startWorker(world);
      const effect = { kind: "stopLife", agent, reason: "the test says so" } as const;
      return await staged(world, epicId, effect, () => livesProblems(world, epicId, 0));
    },
  },
  {
    name: "hostOperation",
    // The pack, the commit, its ref.
    calls: 3,
    stage: async (world) => {
      const epicId = await startWorker(world);
      await changeFile(world, epicId);
      return await staged(world, epicId, { kind: "hostOperation", agent, callId }, () =>
        commitProblems(world, epicId),
      );
    },
  },
  {
    name: "removeWorktree",
    calls: 1,
    stage: async (world) => {
      const epicId = await storeWorker(world, "DONE");
      const path = await withWorktree(world, epicId);
      return await staged(world, epicId, { kind: "removeWorktree", agent }, async () => [
        ...(await world.shop.git.worktrees(world.shop.repository)).map((key) => `there is ${key}`),
        ...(existsSync(path) ? [`there is ${path}`] : []),
      ]);
    },
  },
];

async function staged(
  world: World,
  epicId: number,
  effect: HostEffect,
  look: () => Promise<readonly string[]>,
): Promise<Staged> {
  const life = { epicId, agent, role: "worker", task: 1, life: 1 } as const;
  const operation = { kind: "commit", task: 1, message: "Change the shop" } as const;
  const call = { callId, tool: "git_commit", input: {}, reply: null, operation };
  const notes =
    effect.kind === "hostOperation" ? [{ kind: "toolCall" as const, life, ...call }] : [];
  await queue(world, epicId, effect, notes);
  return {
    epicId,
    lane: laneOf(epicId),
    problems: async () => [...(await outboxProblems(world, epicId)), ...(await look())],
  };
}

function laneOf(epicId: number): string {
  return `agent/${epicId}/${agent}`;
}

/** An epic at work with one task whose worker is in this state. */
async function storeWorker(world: World, state: Agent["state"]): Promise<number> {
  const { shop } = world;
  const epic = await withEpicBranch(shop);
  const task = await withIssue(shop, taskOf(1, { state: "IN_PROGRESS" }));
  const started = { ...task, branch, baseSha: shop.base };
  const worker: Agent = {
    key: agent,
    role: "worker",
    task: 1,
    state,
    life: state === "STARTING" ? 0 : 1,
    crashes: 0,
    fastCrashes: 0,
    budgetHold: null,
    permissions: "yolo",
    harness: "runner",
    model: "model-w",
  };
  return await storeEpic(world, { ...viewOf(epic, [started]), agents: [worker] });
}

/** A worker with a life, as the product starts one. */
async function startWorker(world: World): Promise<number> {
  const epicId = await storeWorker(world, "STARTING");
  await queue(world, epicId, { kind: "startLife", agent });
  await finishChild({ ...world.spec, epicId, lane: laneOf(epicId), death: null }, world.folder);
  return epicId;
}

async function withWorktree(world: World, epicId: number): Promise<string> {
  const { git, repository, base } = world.shop;
  const view = await world.store.epics.view(epicId);
  await git.fetch(repository);
  const worktree = await git.addWorktree(repository, {
    key: worktreeKey(view, 1),
    branch,
    sha: base,
  });
  await createSandbox({ dataDir: world.spec.host.dataDir }).checkout(worktree, base);
  return worktree.path;
}

async function changeFile(world: World, epicId: number): Promise<void> {
  const { git, repository } = world.shop;
  const view = await world.store.epics.view(epicId);
  const { path } = git.worktree(repository, worktreeKey(view, 1));
  writeFileSync(join(path, "shop.js"), "export const open = false;\n");
}

/** One agent has at most one life: one row, one session, one socket, or none of each. */
async function livesProblems(
  world: World,
  epicId: number,
  wanted: 0 | 1,
): Promise<readonly string[]> {
  const rows = await world.query(
    "select life, name from lives where epic_id = $1 and ended_at is null",
    [epicId],
  );
  const names = rows.map((row) => String(row["name"]));
  const sessions = (await world.terminal.list()).map(({ name }) => name);
  const sockets = await world.broker.list();
  const [worker] = (await world.store.epics.view(epicId)).agents;
  const isRunning = worker?.state === "RUNNING" && worker.life === rows[0]?.["life"];
  return [
    ...(names.length === wanted ? [] : [`${names.length} open lives: ${names}`]),
    ...(String(sessions) === String(names) ? [] : [`sessions ${sessions} for lives ${names}`]),
    ...(String(sockets) === String(names) ? [] : [`sockets ${sockets} for lives ${names}`]),
    ...(wanted === 0 || isRunning ? [] : [`the agent is ${worker?.state} in ${worker?.life}`]),
  ];
}

async function commitProblems(world: World, epicId: number): Promise<readonly string[]> {
  const { git, repository, base } = world.shop;
  const [task] = (await world.store.epics.view(epicId)).tasks;
  const head = task?.headSha ?? null;
  if (head === null || head === base) return ["no commit is recorded"];
  const reply = (await world.store.conversations.call(epicId, agent, callId))?.reply;
  const gitDir = git.worktree(repository, "any").mirror;
  const commits = runGit(gitDir, ["rev-list", `${base}..refs/heads/${branch}`]).split("\n");
  return [
    ...(String(commits) === head ? [] : [`commits ${commits}, recorded ${head}`]),
    ...(reply && !reply.isError ? [] : [`the agent was told ${JSON.stringify(reply)}`]),
  ];
}
