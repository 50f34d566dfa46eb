// What the adapter reads, from a local GitHub that answers as GitHub describes it.
import { afterAll, beforeAll, expect, test } from "vitest";
import { openStreet, type ShoppingStreet } from "../../effects/shop.ts";
import { withPullRequest } from "../../effects/stage.ts";

let street: ShoppingStreet;
beforeAll(async () => {
  street = await openStreet();
});
afterAll(async () => {
  expect(await street.close()).toEqual([]);
});

test("permissions are what they are now, not what they were (S1)", async () => {
  const { github, control, repository } = await street.openShop();
  const fullName = `${repository.owner}/${repository.name}`;
  const before = await github.permissionOf(repository, "dana");
  await control.setRole(fullName, "dana", "triage");
  const after = await github.permissionOf(repository, "dana");

  expect([before, after]).toEqual(["write", "triage"]);
  expect(await github.permissionOf(repository, "nobody-here")).toBe("none");
});

test("an issue is read with its labels and author", async () => {
  const { github, repository, dana, coordinates } = await street.openShop();
  await dana.rest.issues.addLabels({ ...coordinates, issue_number: 1, labels: ["epic"] });

  expect(await github.issue(repository, 1)).toMatchObject({
    number: 1,
    title: "A shop",
    body: "Sell things.",
    state: "open",
    labels: ["epic"],
    author: { login: "dana" },
    isPullRequest: false,
  });
  expect(await github.issue(repository, 99)).toBeNull();
  expect(await github.defaultBranch(repository)).toBe("main");
});

test("a pull request is read with its branches, and as merged once its head is reachable", async () => {
  const shop = await street.openShop();
  const { github, git, repository, base } = shop;
  const { epic, tasks } = await withPullRequest(shop);
  const sha = tasks[0]?.headSha ?? "";
  const open = await github.pullRequest(repository, 3);
  await git.push(repository, { sha, ref: `refs/heads/${epic.branch}`, expected: base });
  const merged = await github.pullRequest(repository, 3);

  expect(open).toEqual({
    number: 3,
    state: "open",
    merged: false,
    draft: false,
    headSha: sha,
    headBranch: "ff/task-2-part-1",
    baseBranch: epic.branch,
    mergeSha: null,
  });
  expect(merged).toMatchObject({ state: "closed", merged: true });
  expect(await github.issue(repository, 3)).toMatchObject({ isPullRequest: true });
  expect(await github.pullRequest(repository, 1)).toBeNull();
});
