import { expireApprovals } from "../src/domain/decide-approval.ts";
import type { Epics } from "../src/ports/epics.ts";

/** Ends what waited too long for a person; what two processes find at once is decided once (A7). */
export async function expireOverdue(
  epics: Pick<Epics, "overdueApprovals" | "change">,
): Promise<void> {
  for (const epicId of await epics.overdueApprovals())
    await epics.change(epicId, { what: "tick approvals", actor: null }, (view) => ({
      decision: expireApprovals(view),
      result: null,
    }));
}
