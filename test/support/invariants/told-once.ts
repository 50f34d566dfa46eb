import type { Row } from "./database-facts.ts";
import type { EpicFacts, Facts } from "./facts.ts";
import type { Hold, Judge } from "./judge.ts";
import { type Published, published, withoutMarker } from "./published.ts";
import { type Said, saidIn } from "./said.ts";

/** 10: never silence, never a flood. */
export const toldOnce: Judge = {
  invariant: 10,
  claim: "Whatever waits for a human said so, once; nothing was said twice",
  judge: (facts, hold) => {
    const comments = published(facts).filter(({ kind }) => kind === "comment");
    for (const epic of facts.epics) {
      for (const kind of announced) judgeAnnounced(kind, { epic, facts, comments }, hold);
      judgeReasons(epic, hold);
      judgeRepeated({ epic, facts, comments }, hold);
    }
  },
};

type Seen = {
  readonly epic: EpicFacts;
  readonly facts: Facts;
  readonly comments: readonly Published[];
};

type Announced = {
  readonly message: string;
  /** Moves that a human is told of by this message, one comment each. */
  readonly isMove: (move: Row<"history">) => boolean;
};

const isEpicMove = (to: string) => (move: Row<"history">) =>
  move.noun === "epic" && move.to_state === to && move.from_state !== "PAUSED";

const announced: readonly Announced[] = [
  { message: "planForApproval", isMove: isEpicMove("NEEDS_PLAN_APPROVAL") },
  { message: "epicReady", isMove: isEpicMove("AWAITING_HUMAN_REVIEW") },
  {
    message: "epicEnded",
    isMove: ({ noun, to_state: to }) =>
      noun === "epic" && ["COMPLETED", "FAILED", "CANCELLED"].includes(to),
  },
  {
    message: "agentFailed",
    // An agent whose task was given up has failed too; of that its task tells.
    isMove: ({ noun, to_state: to, cause }) =>
      noun === "agent" && to === "FAILED" && !cause.startsWith("tool "),
  },
];

function judgeAnnounced(
  { message, isMove }: Announced,
  { epic, facts, comments }: Seen,
  hold: Hold,
): void {
  const moves = epic.history.filter(isMove).length;
  const rows = saidIn(epic).filter((said) => said.message === message);
  const isComing = ({ row }: Said) =>
    !facts.world.ended && (row.finished_at === null || row.finished_at > facts.since);
  const told = rows.filter(
    (said) => isComing(said) || comments.some(({ key }) => key === said.row.effect_key),
  );
  hold(told.length === moves, "a human was told too often, or not at all", {
    epic: epic.name,
    message,
    happened: moves,
    told: told.length,
  });
}

function judgeReasons({ name, row, tasks, outbox }: EpicFacts, hold: Hold): void {
  const isStopped = ["PAUSED", "FAILED", "CANCELLED"].includes(row.state);
  const reason = row.state_fields.reason ?? "";
  hold(!isStopped || reason !== "", "an epic is stopped without a reason", {
    epic: name,
    state: row.state,
  });
  for (const { ordinal, state, state_fields: fields } of tasks) {
    const hasReason = state !== "BLOCKED" || (fields.reason ?? "") !== "";
    hold(hasReason, "a task is blocked without a reason", { epic: name, task: ordinal });
  }
  for (const { id, kind, state, attempts, error } of outbox) {
    const isSilent = state === "waiting" && attempts > 1 && error === null;
    hold(!isSilent, "an effect waits and cannot say why", { epic: name, row: id, kind, attempts });
  }
}

const escalations: ReadonlySet<string> = new Set([
  "mailToHuman",
  "agentFailed",
  "agentHeldUp",
  "effectFailed",
  "taskEnded",
  "epicRefused",
  "planForApproval",
  "approvalWanted",
  "questions",
  "toolBroke",
  "planMissing",
]);

/** What asks a person for something asks once. */
function judgeRepeated({ epic, comments }: Seen, hold: Hold): void {
  const seen = new Map<string, number>();
  for (const { row, message } of saidIn(epic)) {
    if (!escalations.has(message)) continue;
    const comment = comments.find(({ key }) => key === row.effect_key);
    if (comment === undefined) continue;
    const text = `${comment.number}\n${withoutMarker(comment.bodies.join("\n"))}`;
    const twin = seen.get(text);
    seen.set(text, comment.id);
    hold(twin === undefined, "people were asked for the same thing twice", {
      epic: epic.name,
      message,
      number: comment.number,
      comments: [twin, comment.id],
    });
  }
}
