import type { Cause } from "../../ports/epics.ts";
import type { Tx } from "./database.ts";

/** What moved, and why. */
type Moved = {
  readonly epicId: number;
  readonly noun: string;
  readonly key: string;
  readonly cause: Cause;
};

/**
 * Writes a row of history for a transition; staying is none.
 *
 * @throws {Error} for a move that no rule allows: a bug, and never a row
 */
export async function saveMove<State extends string>(
  tx: Tx,
  { epicId, noun, key, cause }: Moved,
  moves: Readonly<Record<State, readonly State[]>>,
  { from, to }: { readonly from: State | null; readonly to: State },
): Promise<void> {
  if (from === to) return;
  if (from !== null && !moves[from].includes(to))
    throw new Error(`illegal move of ${noun} ${key}: ${from} to ${to} by ${cause.what}`);
  await tx
    .insertInto("history")
    .values({
      epic_id: epicId,
      noun,
      noun_key: key,
      from_state: from,
      to_state: to,
      cause: cause.what,
      actor: cause.actor,
    })
    .execute();
}
