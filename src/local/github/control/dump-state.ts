import { listRefs } from "../git/refs.ts";
import type { Json } from "../json.ts";
import { fullNameOf } from "../views/repository.ts";
import { gitDirOf, type World } from "../world.ts";

/** The whole state, for assertions: every table without secrets, and the refs of every repository. */
export async function dumpState(world: World): Promise<{ readonly [key: string]: Json }> {
  const { tables } = world;
  const named = tables.repositories.find({}).filter((row) => row.key !== "");
  const repositories = await Promise.all(
    named.map(async (row) => ({
      ...row,
      fullName: fullNameOf(world, row),
      refs: Object.fromEntries(await listRefs(gitDirOf(world, row.id), ["refs/"])),
    })),
  );
  return {
    repositories,
    users: tables.users.find({}).map(({ token: _, ...row }) => row),
    roles: tables.roles.find({}),
    rulesets: tables.rulesets.find({}),
    apps: tables.apps
      .find({})
      .map(({ privateKey: _, clientSecret: __, webhookSecret: ___, ...row }) => row),
    installations: tables.installations.find({}),
    labels: tables.labels.find({}),
    issues: tables.issues.find({}),
    subIssues: tables.subIssues.find({}),
    dependencies: tables.dependencies.find({}),
    comments: tables.comments.find({}),
    reactions: tables.reactions.find({}),
    pulls: tables.pulls.find({}),
    reviews: tables.reviews.find({}),
    reviewComments: tables.reviewComments.find({}),
    checkSuites: tables.checkSuites.find({}),
    checkRuns: tables.checkRuns.find({}),
    statuses: tables.statuses.find({}),
    deliveries: tables.deliveries
      .find({})
      .map(({ payload: _, requestHeaders: __, responseHeaders: ___, ...row }) => row),
  };
}
