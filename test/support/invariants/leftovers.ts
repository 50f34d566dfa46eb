import type { Row } from "./database-facts.ts";
import type { EpicFacts, Facts } from "./facts.ts";
import type { Folder, HostFacts } from "./host-facts.ts";
import type { Hold } from "./judge.ts";

const agentEnds = ["DONE", "KILLED", "FAILED"];

/** Sessions, cells, sockets and worktrees of agents that are not there any more. */
export function judgeLeftovers(host: HostFacts, facts: Facts, hold: Hold): void {
  if (facts.world.ended) judgeEmpty(host, hold);
  const mayRun = !facts.world.stopped || !host.tmuxRuns;
  hold(mayRun, "a tmux server still runs", { host: host.hostName });
  for (const name of [
    ...host.panes.map(({ session }) => session),
    ...host.brokerLives.map((folder) => folder.name),
  ]) {
    const life = facts.database.lives.find((one) => one.name === name);
    const detail = { host: host.hostName, name };
    hold(life !== undefined, "a session or socket belongs to no life", detail);
    if (life === undefined) continue;
    hold(mayBeThere(life, facts), "a session or socket outlived its life", detail);
    hold(life.host === host.hostName, "a life is on another host than it should be", detail);
  }
  for (const folder of host.worktrees) judgeWorktree(folder, host, facts, hold);
}

function mayBeThere({ ended_at: ended }: Row<"lives">, { since, world }: Facts): boolean {
  return ended === null || ended.getTime() > since.getTime() - world.settings.leftoverGraceMs;
}

function judgeEmpty(host: HostFacts, hold: Hold): void {
  const { hostName } = host;
  const left = [
    ...host.panes.map(({ session }) => ({ session })),
    ...host.worktrees.map(({ path }) => ({ worktree: path })),
    ...host.cells.map(({ path }) => ({ cell: path })),
    ...host.brokerLives.map(({ path }) => ({ socket: path })),
    ...host.cellProcesses.map(({ pid, argv }) => ({ process: pid, program: argv[0] })),
  ];
  for (const thing of left)
    hold(false, "something of an agent is left", { host: hostName, ...thing });
}

function judgeWorktree(
  folder: Folder & { readonly repositoryId: number },
  host: HostFacts,
  facts: Facts,
  hold: Hold,
): void {
  const [, issue, ordinal] = /^epic-(\d+)-task-(\d+)$/.exec(folder.name) ?? [];
  const epic = facts.epics.find(
    ({ repository, row }) =>
      repository.id === folder.repositoryId && row.issue_number === Number(issue),
  );
  const worker = epic?.agents.find(({ task }) => task === Number(ordinal));
  const detail = { host: host.hostName, worktree: folder.path };
  hold(worker !== undefined, "a worktree belongs to no agent", detail);
  if (worker === undefined || epic === undefined) return;
  const isNeeded = !agentEnds.includes(worker.state) || isBeingRemoved(worker, epic, facts);
  hold(isNeeded, "a worktree outlived its agent", { ...detail, agent: worker.key });
}

function isBeingRemoved({ key }: Row<"agents">, { outbox }: EpicFacts, { since }: Facts): boolean {
  return outbox.some(
    (row) =>
      row.kind === "removeWorktree" &&
      row.effect["agent"] === key &&
      (row.finished_at === null || row.finished_at > since),
  );
}
