import { epicHasEnded } from "./epic.ts";
import type { Decision, EpicView } from "./epic-view.ts";

/** A long trouble with the model provider. Instants are the database's, as ISO 8601 text. */
export type ModelTrouble = {
  readonly id: number;
  readonly beganAt: string;
  /** null while it lasts. */
  readonly endedAt: string | null;
  readonly reason: string;
};

/** People of an epic are told once that nobody starts, and once that it is over (G3). */
export function tellTrouble(view: EpicView, trouble: ModelTrouble): Decision {
  const { id, beganAt, endedAt, reason } = trouble;
  const began = `trouble ${id} began`;
  const ended = `trouble ${id} ended`;
  const knows = view.notices.includes(began);
  if (epicHasEnded(view.epic) || view.notices.includes(ended)) return {};
  // Who never heard of it need not hear that it is over.
  if (endedAt === null ? knows : !knows) return {};
  const message =
    endedAt === null
      ? ({ kind: "modelTroubleBegan", since: beganAt, reasonText: reason } as const)
      : ({ kind: "modelTroubleEnded", since: beganAt, until: endedAt } as const);
  return {
    notices: [endedAt === null ? began : ended],
    effects: [{ kind: "say", thread: { on: "epic" }, message }],
  };
}
