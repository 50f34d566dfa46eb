// What an epic's first comment says where agents run without cells.
import { afterAll, beforeAll, expect, test } from "vitest";
import { performGitHubEffect } from "../../src/effects/perform-github.ts";
import type { GitHub } from "../../src/ports/git-hub.ts";
import { openStreet, type ShoppingStreet } from "./shop.ts";
import { epicOf, firstTry, viewOf } from "./views.ts";

let street: ShoppingStreet;
beforeAll(async () => {
  street = await openStreet();
});
afterAll(async () => {
  expect(await street.close()).toEqual([]);
});

test("an epic's first comment carries the banner where agents run without cells, and nowhere else (S5)", async () => {
  const shop = await street.openShop();
  const bodies: string[] = [];
  const createComment: GitHub["createComment"] = async (repository, number, body, intent) => {
    bodies.push(body);
    return await shop.github.createComment(repository, number, body, intent);
  };
  const github = { ...shop.github, createComment };
  const message = { kind: "epicStarted", branch: "ff/epic-12", baseBranch: "main" } as const;
  const effect = { kind: "say", thread: { on: "epic" }, message } as const;

  for (const isWithoutCells of [true, false]) {
    const context = { github, isWithoutCells, outboxKey: `k-${isWithoutCells}` };
    await performGitHubEffect(effect, firstTry(shop, viewOf(epicOf(shop)), context));
  }

  expect(bodies[0]).toMatch(/^\*\*No cells: .*`UNSAFE_NO_SANDBOX` away/);
  expect(bodies[1]).toMatch(/^Work on this epic/);
});
