import type { Facts } from "./facts.ts";

// Everything on the local GitHub that our App has put there.

export type Published = {
  readonly kind: "issue" | "pull" | "comment" | "review" | "check";
  readonly id: number;
  readonly repositoryId: number;
  /** Of the issue or pull request it is or stands on; null for a check. */
  readonly number: number | null;
  /** Of the commit it is about, for reviews and checks. */
  readonly sha: string | null;
  /** Plain lines: titles. */
  readonly titles: readonly string[];
  /** Markdown. */
  readonly bodies: readonly string[];
  /** The key in its hidden marker, or of a check its external id; null when it has none. */
  readonly key: string | null;
  /** When it was made, in milliseconds. */
  readonly at: number;
};

const marker = /<!-- ff:([A-Za-z0-9_./-]+) -->\s*$/;

/** The hidden marker's key at the end of a body. */
function keyIn(body: string): string | null {
  return marker.exec(body)?.[1] ?? null;
}

/** A body without our marker at its end. */
export function withoutMarker(body: string): string {
  return body.replace(marker, "").trimEnd();
}

export function published(facts: Facts): readonly Published[] {
  return [...issues(facts), ...comments(facts), ...reviews(facts), ...checks(facts)];
}

function issues({ gitHub, appIds }: Facts): readonly Published[] {
  return gitHub.issues
    .filter(({ appId }) => appId !== null && appIds.has(appId))
    .map((row) => ({
      kind: row.isPull ? "pull" : "issue",
      id: row.id,
      repositoryId: row.repositoryId,
      number: row.number,
      sha: null,
      titles: [row.title],
      bodies: [row.body ?? ""],
      key: keyIn(row.body ?? ""),
      at: row.createdAt,
    }));
}

function comments({ gitHub, appIds }: Facts): readonly Published[] {
  const numbers = new Map(gitHub.issues.map(({ id, number }) => [id, number]));
  return gitHub.comments
    .filter(({ appId }) => appId !== null && appIds.has(appId))
    .map((row) => ({
      kind: "comment",
      id: row.id,
      repositoryId: row.repositoryId,
      number: numbers.get(row.issueId) ?? null,
      sha: null,
      titles: [],
      bodies: [row.body],
      key: keyIn(row.body),
      at: row.createdAt,
    }));
}

function reviews({ gitHub, appIds }: Facts): readonly Published[] {
  const pulls = new Map(gitHub.pulls.map((pull) => [pull.id, pull]));
  return gitHub.reviews
    .filter(({ appId }) => appId !== null && appIds.has(appId))
    .map((row) => ({
      kind: "review",
      id: row.id,
      repositoryId: pulls.get(row.pullId)?.repositoryId ?? 0,
      number: pulls.get(row.pullId)?.number ?? null,
      sha: row.commitSha,
      titles: [],
      bodies: [row.body],
      key: keyIn(row.body),
      at: row.submittedAt,
    }));
}

function checks({ gitHub, appIds }: Facts): readonly Published[] {
  return gitHub.checkRuns
    .filter(({ appId }) => appIds.has(appId))
    .map((row) => ({
      kind: "check",
      id: row.id,
      repositoryId: row.repositoryId,
      number: null,
      sha: row.headSha,
      titles: [row.name, ...(row.title === null ? [] : [row.title])],
      bodies: [row.summary ?? "", row.text ?? ""].filter((body) => body !== ""),
      key: row.externalId,
      at: row.startedAt ?? row.completedAt ?? 0,
    }));
}
