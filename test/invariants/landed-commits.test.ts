import { execFileSync } from "node:child_process";
import { beforeAll, expect, test } from "vitest";
import {
  type BrokenWorld,
  beforeBreaking,
  beforeBreakingLimitMs,
  openBrokenWorld,
  wrongIn,
} from "./broken-world.ts";

beforeAll(beforeBreaking, beforeBreakingLimitMs);

function git({ bare }: BrokenWorld, ...args: readonly string[]): string {
  return execFileSync("git", ["--git-dir", bare, ...args], {
    encoding: "utf8",
    env: {
      PATH: process.env.PATH,
      GIT_CONFIG_NOSYSTEM: "1",
      GIT_CONFIG_GLOBAL: "/dev/null",
      GIT_AUTHOR_NAME: "FactoryFactory",
      GIT_AUTHOR_EMAIL: "factory-factory[bot]@example.invalid",
      GIT_COMMITTER_NAME: "FactoryFactory",
      GIT_COMMITTER_EMAIL: "factory-factory[bot]@example.invalid",
    },
  }).trim();
}

test("a tree that landed without having passed is seen (T1)", async () => {
  const { world, sql } = await openBrokenWorld();

  await sql("delete from verdicts");

  expect(await wrongIn(world)).toEqual(["3: a tree landed that did not pass"]);
});

test("a tree that landed although it failed is seen (T1)", async () => {
  const { world, sql } = await openBrokenWorld();

  await sql("update verdicts set passed = false");

  expect(await wrongIn(world)).toEqual(["3: a tree landed that did not pass"]);
});

test("a landed head that nobody approved is seen (T1)", async () => {
  const { world, sql } = await openBrokenWorld();

  await sql("update tool_calls set input = '{}' where tool = 'epic_approve'");

  expect(await wrongIn(world)).toEqual(["3: no supervisor approved the head that landed"]);
});

test("a landed head with a check that refuses it is seen (T1)", async () => {
  const { world, sql, app, repository } = await openBrokenWorld();

  const [landing] = await sql("select head_sha from landings where task = 2");
  const sha = String(landing?.["head_sha"]);
  const name = "FactoryFactory / review";
  const refusal = { conclusion: "failure", title: "No", summary: "No.", externalId: "x" } as const;
  await app.publishCheck(repository, { name, sha, ...refusal });

  expect(await wrongIn(world)).toContain("3: the head that landed has a check that refuses it");
});

test("a landing that is not what its row says is seen (T1)", async () => {
  const { world, sql } = await openBrokenWorld();

  await sql("update landings set tree_sha = head_sha where task = 2");

  expect(await wrongIn(world)).toEqual(["3: a landing is not what its row says"]);
});

test("a commit on the epic branch that was pushed past the queue is seen (T1)", async () => {
  const broken = await openBrokenWorld();

  const tip = git(broken, "rev-parse", "main^2");
  const extra = git(broken, "commit-tree", `${tip}^{tree}`, "-p", tip, "-m", "Sneak in");
  const [epic] = await broken.sql("select branch from epics");
  git(broken, "update-ref", `refs/heads/${String(epic?.["branch"])}`, extra);

  expect(await wrongIn(broken.world)).toEqual([
    "2: an effect that is done is not on GitHub",
    "3: a commit of an epic branch is no merge of one head into the tip",
    "3: a commit of an epic branch has no landing",
  ]);
});

test("a commit message that closes an issue is seen (T1)", async () => {
  const broken = await openBrokenWorld();

  const tip = git(broken, "rev-parse", "main^2");
  const message = "Build more\n\nFixes: #1";
  const extra = git(broken, "commit-tree", `${tip}^{tree}`, "-p", tip, "-m", message);
  const [epic] = await broken.sql("select branch from epics");
  git(broken, "update-ref", `refs/heads/${String(epic?.["branch"])}`, extra);

  expect(await wrongIn(broken.world)).toContain("8: a commit message closes an issue");
});

test("a base branch that the product moved is seen (T1)", async () => {
  const broken = await openBrokenWorld();

  const tip = git(broken, "rev-parse", "main");
  const extra = git(broken, "commit-tree", `${tip}^{tree}`, "-p", tip, "-m", "Push to main");
  git(broken, "update-ref", "refs/heads/main", extra);

  expect(await wrongIn(broken.world)).toEqual(["3: the base branch moved without a pull request"]);
});

test("a base branch that lost commits is seen (T1)", async () => {
  const broken = await openBrokenWorld();

  const empty = git(broken, "commit-tree", "main^{tree}", "-m", "Begin anew");
  git(broken, "update-ref", "refs/heads/main", empty);

  expect(await wrongIn(broken.world)).toContain("3: the base branch lost commits");
});
