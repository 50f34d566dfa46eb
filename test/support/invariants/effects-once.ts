import type { Row } from "./database-facts.ts";
import { judgeDone } from "./effects-done.ts";
import type { Facts } from "./facts.ts";
import type { Hold, Judge } from "./judge.ts";
import { type Published, published } from "./published.ts";

/** 2: stored before it happened, happened once. */
export const effectsOnce: Judge = {
  invariant: 2,
  claim: "Every delivery is stored; every effect has a row older than itself and is on GitHub once",
  judge: async (facts, hold) => {
    judgeDeliveries(facts, hold);
    const things = published(facts);
    judgeMarkers(facts, things, hold);
    judgePairs(facts, hold);
    judgeRefs(facts, hold);
    for (const epic of facts.epics) await judgeDone({ facts, things, epic }, hold);
  },
};

/** Events the product reads; it acknowledges and forgets the others. */
const readEvents: ReadonlySet<string> = new Set(["issues", "issue_comment", "pull_request"]);

function judgeDeliveries({ gitHub, database, appIds, since }: Facts, hold: Hold): void {
  const stored = new Set(database.deliveries.map(({ guid }) => guid));
  for (const { guid, event, appId, statusCode, deliveredAt } of gitHub.deliveries) {
    if (!appIds.has(appId) || !readEvents.has(event) || deliveredAt > since.getTime()) continue;
    const isTaken = statusCode >= 200 && statusCode < 300;
    hold(!isTaken || stored.has(guid), "a delivery was answered and not stored", { guid, event });
  }
}

/** Which effect makes which thing. */
const makers: Readonly<Record<Published["kind"], readonly string[]>> = {
  issue: ["createTaskIssue"],
  pull: ["openTaskPullRequest"],
  comment: ["say", "settleTaskPullRequest"],
  review: ["review"],
  check: ["publishVerdict"],
};

function judgeMarkers(facts: Facts, things: readonly Published[], hold: Hold): void {
  const rows = new Map(facts.database.outbox.map((row) => [row.effect_key, row]));
  const seen = new Map<string, Published>();
  for (const thing of things) {
    const { kind, id, number, key } = thing;
    const detail = { kind, id, number, key };
    hold(key !== null, "our App published something without a marker", detail);
    if (key === null) continue;
    const twin = seen.get(key);
    seen.set(key, thing);
    hold(twin === undefined, "one effect happened twice on GitHub", { ...detail, twin: twin?.id });
    judgeRow(thing, key, { facts, row: rows.get(key) }, hold);
  }
}

function judgeRow(
  thing: Published,
  key: string,
  { facts, row }: { readonly facts: Facts; readonly row: Row<"outbox"> | undefined },
  hold: Hold,
): void {
  const detail = { kind: thing.kind, id: thing.id, number: thing.number, key };
  if (isLiving(thing, key, facts)) return;
  hold(row !== undefined, "our App published something that has no row", detail);
  if (row === undefined) return;
  const fits = makers[thing.kind].includes(row.kind);
  hold(fits, "a row is of another kind than what it made", { ...detail, row: row.kind });
  const latest = thing.at + facts.world.settings.clockSkewMs;
  hold(row.created_at.getTime() <= latest, "something was on GitHub before it had a row", {
    ...detail,
    stored: row.created_at.toISOString(),
    made: new Date(thing.at).toISOString(),
  });
}

/** Living texts have a row of their own instead of one in the outbox. */
function isLiving({ kind }: Published, key: string, { database }: Facts): boolean {
  const [, text, epicId] = /^(status|epic-pull-request)\/(\d+)$/.exec(key) ?? [];
  if (text === undefined || kind !== (text === "status" ? "comment" : "pull")) return false;
  return database.living_texts.some(({ epic_id }) => epic_id === Number(epicId));
}

/** The natural keys of what carries no marker of its own. */
function judgePairs({ gitHub, database, appIds }: Facts, hold: Hold): void {
  const asked = database.outbox.filter(({ kind }) => kind === "createTaskIssue");
  judgeDistinct(asked, (row) => `${row.epic_id}/${String(row.effect["task"])}`, hold);
  const issues = new Map(gitHub.issues.map((issue) => [issue.id, issue]));
  const open = gitHub.pulls.filter(({ issueId }) => {
    const issue = issues.get(issueId);
    const isOurs = issue !== undefined && issue.appId !== null && appIds.has(issue.appId);
    return isOurs && issue.state === "open";
  });
  judgeDistinct(open, (pull) => `${pull.repositoryId}: ${pull.headRef} to ${pull.baseRef}`, hold);
  const checks = gitHub.checkRuns.filter(({ appId }) => appIds.has(appId));
  judgeDistinct(checks, (run) => `${run.name} on ${run.headSha} by ${run.externalId}`, hold);
}

function judgeDistinct<One extends { readonly id: number }>(
  rows: readonly One[],
  nameOf: (row: One) => string,
  hold: Hold,
): void {
  const seen = new Map<string, number>();
  for (const row of rows) {
    const name = nameOf(row);
    const twin = seen.get(name);
    hold(twin === undefined, "there are two of what may be there once", { name, id: row.id, twin });
    seen.set(name, row.id);
  }
}

function judgeRefs({ epics, database, gitHub }: Facts, hold: Hold): void {
  const branches = new Set([
    ...database.epics.map(({ branch }) => branch),
    ...database.tasks.flatMap(({ branch }) => (branch === null ? [] : [branch])),
  ]);
  const landings = new Set(database.landings.map(({ id }) => id));
  const repositories = new Set(epics.map(({ repository }) => repository.id));
  for (const { id, fullName, refs } of gitHub.repositories) {
    if (!repositories.has(id)) continue;
    for (const ref of Object.keys(refs)) {
      const branch = /^refs\/heads\/(ff\/.*)$/.exec(ref)?.[1];
      const landing = /^refs\/factory\/landings\/epic-\d+\/(.*)$/.exec(ref)?.[1];
      const hasRow =
        (branch === undefined || branches.has(branch)) &&
        (landing === undefined || landings.has(landing));
      hold(hasRow, "a ref of ours has no row", { repository: fullName, ref });
    }
  }
}
