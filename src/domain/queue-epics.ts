import { labelEpic } from "./decision.ts";
import type { Decision, EpicView } from "./epic-view.ts";

/** How many epics there may be at once, for the whole product (G6, H9c). */
export type EpicLimits = {
  readonly maxEpics: number;
  /** Epics that wait for a human's review before no new one starts. */
  readonly maxInReview: number;
  /** Percent of both that one installation may have. */
  readonly sharePercent: number;
};

/** What counts: epics at work, and epics that wait for review, by installation. */
export type EpicLoad = {
  readonly installationId: number;
  readonly atWork: number;
  readonly inReview: number;
};

export type QueuedEpic = { readonly epicId: number; readonly installationId: number };

/** Where a labelled epic stands: it starts, or waits at a place for one of two reasons. */
export type EpicPlace = QueuedEpic &
  (
    | { readonly kind: "starts" }
    | {
        readonly kind: "waits";
        readonly why: "epics" | "review";
        readonly limit: number;
        readonly place: number;
        readonly of: number;
      }
  );

/**
 * Who of the queued epics starts, in the order of labelling. One that waits for the share of its
 * installation holds up nobody else's.
 *
 * @param queued in that order
 */
export function placeEpics(
  queued: readonly QueuedEpic[],
  loads: readonly EpicLoad[],
  limits: EpicLimits,
): readonly EpicPlace[] {
  const started: QueuedEpic[] = [];
  const waiting: (QueuedEpic & Hold)[] = [];
  for (const epic of queued) {
    const hold = holdOf(epic, started, loads, limits);
    if (hold === null) started.push(epic);
    else waiting.push({ ...epic, ...hold });
  }
  return [
    ...started.map((epic) => ({ ...epic, kind: "starts" }) as const),
    ...waiting.map(
      (epic, index) => ({ ...epic, kind: "waits", place: index + 1, of: waiting.length }) as const,
    ),
  ];
}

type Hold = { readonly why: "epics" | "review"; readonly limit: number };

function holdOf(
  { installationId }: QueuedEpic,
  started: readonly QueuedEpic[],
  loads: readonly EpicLoad[],
  limits: EpicLimits,
): Hold | null {
  const share = (limit: number) => shareOf(limit, limits.sharePercent);
  const everyone = { loads, started: started.length };
  const own = {
    loads: loads.filter((load) => load.installationId === installationId),
    started: started.filter((epic) => epic.installationId === installationId).length,
  };
  const checks = [
    { of: everyone, maxEpics: limits.maxEpics, maxInReview: limits.maxInReview },
    { of: own, maxEpics: share(limits.maxEpics), maxInReview: share(limits.maxInReview) },
  ];
  for (const { of, maxEpics, maxInReview } of checks) {
    const atWork = sum(of.loads.map((load) => load.atWork)) + of.started;
    if (atWork >= maxEpics) return { why: "epics", limit: maxEpics };
    const inReview = sum(of.loads.map((load) => load.inReview));
    if (inReview >= maxInReview) return { why: "review", limit: maxInReview };
  }
  return null;
}

/** What one installation may have of a limit: never nothing. */
export function shareOf(limit: number, percent: number): number {
  return Math.max(1, Math.floor((limit * percent) / 100));
}

function sum(numbers: readonly number[]): number {
  return numbers.reduce((total, number) => total + number, 0);
}

const toldQueued = "epic is queued";

/** People hear once that their epic waits, and at which place; its status comment shows it from then on. */
export function holdEpic(
  view: EpicView,
  { place, of, why, limit }: Extract<EpicPlace, { readonly kind: "waits" }>,
): Decision {
  if (view.epic.state !== "QUEUED" || view.notices.includes(toldQueued)) return {};
  const message = { kind: "epicQueued", place, of, why, limit } as const;
  return {
    notices: [toldQueued],
    effects: [{ kind: "say", thread: { on: "epic" }, message }, labelEpic(view.epic)],
  };
}
