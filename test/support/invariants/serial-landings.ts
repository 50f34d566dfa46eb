import type { Row } from "./database-facts.ts";
import type { EpicFacts, Facts } from "./facts.ts";
import type { Hold, Judge } from "./judge.ts";

/** 4: one landing at a time, fenced by the lease, none after its decision was withdrawn. */
export const serialLandings: Judge = {
  invariant: 4,
  claim:
    "Landings of an epic follow each other; none lands after the decision for it was withdrawn",
  judge: (facts, hold) => {
    for (const epic of facts.epics) {
      judgeOrder(epic, facts, hold);
      judgeLease(epic, facts, hold);
      judgeWithdrawn(epic, hold);
      judgePublishing(epic, hold);
    }
  },
};

/** The branch holds the landings, all of them, in the order in which they ended. */
function judgeOrder(epic: EpicFacts, facts: Facts, hold: Hold): void {
  const landed = epic.landings.filter(({ state }) => state === "landed");
  const seen = landed.filter(({ updated_at: at }) => at <= facts.since).map((row) => row.merge_sha);
  const line = epic.line.map(({ sha }) => sha);
  const rows = landed.map(({ merge_sha: sha }) => sha);
  const shared = line.filter((sha) => rows.includes(sha));
  hold(
    seen.every((sha) => sha !== null && line.includes(sha)) && startsWith(rows, shared),
    "the epic branch is not its landings in their order",
    { epic: epic.name, branch: line, landings: rows },
  );
  let tip = epic.row.base_sha;
  for (const { id, tip_sha: on, merge_sha: merge } of landed) {
    hold(on === tip, "a landing was not made on the one before it", {
      epic: epic.name,
      landing: id,
      on,
      tip,
    });
    tip = merge;
  }
}

function startsWith(all: readonly (string | null)[], part: readonly string[]): boolean {
  return part.every((sha, index) => all[index] === sha);
}

function judgeLease({ name, row, landings }: EpicFacts, { database }: Facts, hold: Hold): void {
  const lease = database.leases.find(({ key }) => key === `landing/${row.id}`);
  let before = 0;
  for (const { id, lease_epoch: epoch } of landings) {
    const detail = { epic: name, landing: id, epoch };
    hold(epoch >= before, "a landing was written by a lease that was lost", { ...detail, before });
    hold(
      lease !== undefined && epoch <= lease.epoch,
      "a landing has a lease that was never given",
      {
        ...detail,
        lease: lease?.epoch,
      },
    );
    before = Math.max(before, epoch);
  }
}

const takenBack = ["withdrawn", "sentBack"];

function judgeWithdrawn({ name, landings, line }: EpicFacts, hold: Hold): void {
  const branch = new Set(line.map(({ sha }) => sha));
  const landed = new Set(
    landings.filter(({ state }) => state === "landed").map(({ merge_sha: sha }) => sha),
  );
  for (const { id, state, merge_sha: sha } of landings) {
    if (sha === null || !takenBack.includes(state)) continue;
    const isOnBranch = branch.has(sha) && !landed.has(sha);
    hold(!isOnBranch, "a landing is on the branch after it was withdrawn", {
      epic: name,
      landing: id,
    });
  }
}

/** Goes through the history: who is being published, and what the epic was meanwhile. */
function judgePublishing({ name, history }: EpicFacts, hold: Hold): void {
  const publishing = new Set<string>();
  let epicState = "QUEUED";
  for (const move of history) {
    if (move.noun === "epic") epicState = move.to_state;
    if (move.noun !== "task") continue;
    if (move.from_state === "PUBLISHING") publishing.delete(move.noun_key);
    if (move.to_state !== "PUBLISHING") continue;
    const detail = { epic: name, task: move.noun_key, at: move.at.toISOString() };
    hold(publishing.size === 0, "two landings were published at once", {
      ...detail,
      others: [...publishing],
    });
    hold(epicState === "IN_PROGRESS", "a landing was begun while its epic was stopped", {
      ...detail,
      epicState,
    });
    publishing.add(move.noun_key);
  }
  judgeFrom(name, history, hold);
}

function judgeFrom(epic: string, history: readonly Row<"history">[], hold: Hold): void {
  for (const { noun, noun_key: task, from_state: from, to_state: to } of history) {
    if (noun !== "task" || to !== "PUBLISHING") continue;
    hold(from === "APPROVED", "a task was published that was not approved", { epic, task, from });
  }
}
