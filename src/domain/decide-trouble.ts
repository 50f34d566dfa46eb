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
  const began = beganNotice(id);
  const ended = endedNotice(id);
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

/** Whether people of the epic were told of a trouble that, as far as they know, lasts. */
export function troubleIsTold({ notices }: EpicView): boolean {
  return notices.some((notice) => {
    const id = /^trouble (\d+) began$/.exec(notice)?.[1];
    return id !== undefined && !notices.includes(endedNotice(Number(id)));
  });
}

function beganNotice(id: number): string {
  return `trouble ${id} began`;
}

function endedNotice(id: number): string {
  return `trouble ${id} ended`;
}
