import type { Row } from "./database-facts.ts";
import type { EpicFacts, Facts } from "./facts.ts";
import type { Hold, Judge } from "./judge.ts";
import { type Published, published } from "./published.ts";
import { saidIn } from "./said.ts";

const ends = ["COMPLETED", "FAILED", "CANCELLED"];

/** 1: whatever was flushed or killed, every task, delivery and effect came to its end. */
export const nothingLost: Judge = {
  invariant: 1,
  claim:
    "Every accepted task landed once or ended with a reason people were told; nothing is left waiting",
  judge: (facts, hold) => {
    const { world, epics } = facts;
    hold(!world.ended || epics.length > 0, "a world that has ended holds no epic", {});
    const things = published(facts);
    for (const epic of epics) {
      const { state } = epic.row;
      hold(!world.ended || ends.includes(state), "an epic has not ended", {
        epic: epic.name,
        state,
      });
      for (const task of epic.tasks) judgeTask(task, epic, { facts, things }, hold);
    }
    judgeDeliveries(facts, hold);
    judgeOutbox(facts, hold);
    judgeLivingTexts(facts, hold);
  },
};

type Seen = { readonly facts: Facts; readonly things: readonly Published[] };

function judgeTask(task: Row<"tasks">, epic: EpicFacts, seen: Seen, hold: Hold): void {
  const { facts } = seen;
  const { ordinal, state } = task;
  const detail = { epic: epic.name, task: ordinal, state };
  hold(!facts.world.ended || ends.includes(state), "a task has not ended", detail);
  const landed = epic.landings.filter((one) => one.task === ordinal && one.state === "landed");
  const isOver = state === "COMPLETED";
  hold(landed.length === (isOver ? 1 : 0), "a task's landings do not fit its state", {
    ...detail,
    landed: landed.map(({ id }) => id),
  });
  // The commit names its task, whatever our tables say of either.
  const trailer = `FactoryFactory-Task: #${task.issue_number ?? ordinal}`;
  const commits = epic.line.filter(({ message }) => trailersOf(message).includes(trailer));
  const mayBeUnseen = landed.some(({ updated_at }) => updated_at > facts.since);
  const isPublishing = state === "PUBLISHING" && commits.length === 1;
  hold(
    commits.length === (isOver ? 1 : 0) || mayBeUnseen || isPublishing,
    "a task is not once on the epic branch, or is there without having landed",
    { ...detail, commits: commits.map(({ sha }) => sha) },
  );
  if (state === "FAILED" || state === "CANCELLED") judgeGivenUp(task, epic, seen, hold);
}

/** The last paragraph: what stands above it may be anybody's words. */
function trailersOf(message: string): readonly string[] {
  return (message.trimEnd().split("\n\n").at(-1) ?? "").split("\n");
}

function judgeGivenUp(task: Row<"tasks">, epic: EpicFacts, seen: Seen, hold: Hold): void {
  const detail = { epic: epic.name, task: task.ordinal, state: task.state };
  const { reason = "" } = task.state_fields;
  hold(reason.trim() !== "", "a task was given up without a reason", detail);
  const rows = saidIn(epic).filter(
    ({ message, task: about }) =>
      (message === "taskEnded" && about === task.ordinal) || message === "epicEnded",
  );
  const isTold = rows.some(({ row }) => {
    if (!seen.facts.world.ended && row.state === "waiting") return true;
    return seen.things.some(({ kind, key }) => kind === "comment" && key === row.effect_key);
  });
  // A task that never got an issue is between its agents until the epic tells of it.
  const mayBeSilent = !seen.facts.world.ended && !task.issue_asked;
  hold(isTold || mayBeSilent, "nobody was told that a task was given up", { ...detail, reason });
}

function judgeDeliveries({ world, since, database }: Facts, hold: Hold): void {
  for (const { guid, event, state, received_at: at, error } of database.deliveries) {
    const detail = { guid, event, state, receivedAt: at.toISOString(), error };
    const isDue = world.ended || at.getTime() < since.getTime() - world.settings.maxPendingMs;
    hold(state !== "waiting" || !isDue, "a delivery still waits", detail);
    hold(
      state !== "set_aside" || error !== null,
      "a delivery was set aside without a reason",
      detail,
    );
  }
}

function judgeOutbox({ world, since, database }: Facts, hold: Hold): void {
  for (const row of database.outbox) {
    const { id, kind, lane, state, created_at: at, error } = row;
    const detail = { id, kind, lane, createdAt: at.toISOString(), error };
    const isDue = world.ended || at.getTime() < since.getTime() - world.settings.maxPendingMs;
    hold(state !== "waiting" || !isDue, "an effect still waits", detail);
    hold(state !== "refused" || error !== null, "an effect was refused without a reason", detail);
  }
}

function judgeLivingTexts({ world, database }: Facts, hold: Hold): void {
  for (const {
    epic_id: epic,
    wanted_version: wanted,
    sent_version: sent,
  } of database.living_texts) {
    hold(sent <= wanted, "a status comment is newer than what was wanted", { epic, wanted, sent });
    hold(!world.ended || sent === wanted, "a status comment is behind", { epic, wanted, sent });
  }
}
