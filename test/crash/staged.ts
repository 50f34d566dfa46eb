import type { Effect } from "../../src/domain/effect.ts";
import type { EpicView } from "../../src/domain/epic-view.ts";
import type { Note } from "../../src/ports/epics.ts";
import type { World } from "./world.ts";

/** One thing to do, with all that must be there before. */
export type Staged = {
  readonly epicId: number;
  /** The lane it waits in; null for the epic's landing. */
  readonly lane: string | null;
  /** Looks at what is there once it was finished. @returns what is wrong */
  readonly problems: () => Promise<readonly string[]>;
};

export type CrashCase = {
  readonly name: string;
  /** How many calls of it change something outside. */
  readonly calls: number;
  readonly stage: (world: World) => Promise<Staged>;
};

const cause = { what: "crash test", actor: null };

/**
 * Puts an epic as a view shows it into the database, by rows: no rule of the product has to lead
 * there. Its plan counts as not accepted, so that nothing else begins.
 */
export async function storeEpic(world: World, view: EpicView): Promise<number> {
  const { epic, tasks, agents } = view;
  const { epicId } = await world.store.epics.open({
    repository: world.shop.repository,
    issueNumber: epic.issueNumber,
    title: epic.title,
    body: epic.body,
    author: epic.author,
    plan: epic.plan,
    verifyCommand: epic.verifyCommand,
    branch: epic.branch,
    baseBranch: epic.baseBranch,
  });
  const fields = Object.fromEntries(
    Object.entries(epic).filter(([name]) => ["state", "mergedSha", "reason"].includes(name)),
  );
  await world.query(
    `update epics set state = $2, state_fields = $3, base_sha = $4, tip_sha = $5,
            pull_request = $6, pull_request_is_draft = $7, plan_accepted = false where id = $1`,
    [
      epicId,
      epic.state,
      JSON.stringify(fields),
      epic.baseSha,
      epic.tipSha,
      epic.pullRequest,
      epic.pullRequestIsDraft,
    ],
  );
  await world.store.epics.change(epicId, cause, () => ({
    decision: { tasks, agents },
    result: null,
  }));
  return epicId;
}

/** Queues one effect as a decision would. */
export async function queue(
  { store }: World,
  epicId: number,
  effect: Effect,
  notes: readonly Note[] = [],
): Promise<void> {
  await store.epics.change(epicId, cause, () => ({
    decision: { effects: [effect] },
    notes,
    result: null,
  }));
}

/** Every row of the outbox is done, and every lane is free. */
export async function outboxProblems(world: World, epicId: number): Promise<readonly string[]> {
  const rows = await world.query(
    "select kind, state, error from outbox where epic_id = $1 and state <> 'done'",
    [epicId],
  );
  return rows.map((row) => `${row["kind"]} is ${row["state"]}: ${row["error"]}`);
}
