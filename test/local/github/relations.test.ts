import type { Octokit } from "@octokit/rest";
import { expect, test } from "vitest";
import { onGitHub, SHOP } from "../../support/github-world.ts";

const SUB_ISSUES = "POST /repos/{owner}/{repo}/issues/{issue_number}/sub_issues";
const BLOCKED_BY = "POST /repos/{owner}/{repo}/issues/{issue_number}/dependencies/blocked_by";

async function open(octokit: Octokit, ...titles: readonly string[]) {
  const issues = [];
  for (const title of titles) issues.push((await octokit.issues.create({ ...SHOP, title })).data);
  return issues;
}

test("a sub-issue is added by database id and told from both sides (T1)", () =>
  onGitHub(async ({ bot, settled, arrived }) => {
    const [epic, task] = await open(bot, "epic", "task");
    const at = { ...SHOP, issue_number: epic?.number ?? 0 };
    await bot.request(SUB_ISSUES, { ...at, sub_issue_id: task?.id ?? 0 });
    await bot.issues.update({ ...SHOP, issue_number: task?.number ?? 0, state: "closed" });

    const { data: parent } = await bot.issues.get(at);
    const { data: child } = await bot.issues.get({ ...SHOP, issue_number: task?.number ?? 0 });

    expect(task?.id).not.toBe(task?.number);
    expect(parent.sub_issues_summary).toEqual({ total: 1, completed: 1, percent_completed: 100 });
    expect(child.parent_issue_url).toBe(epic?.url);
    const names = (await settled()).filter((name) => name.startsWith("sub_issues"));
    expect(names.sort()).toEqual(["sub_issues.parent_issue_added", "sub_issues.sub_issue_added"]);
    const added = arrived.find(({ name }) => name === "sub_issues.sub_issue_added")?.payload;
    expect([added.parent_issue_id, added.sub_issue_id]).toEqual([epic?.id, task?.id]);
  }));

test("a sub-issue has one parent, once, unless it is moved on purpose (T1)", () =>
  onGitHub(async ({ bot }) => {
    const [one, two, task] = await open(bot, "one", "two", "task");
    const sub_issue_id = task?.id ?? 0;
    const first = { ...SHOP, issue_number: one?.number ?? 0, sub_issue_id };
    const second = { ...SHOP, issue_number: two?.number ?? 0, sub_issue_id };
    await bot.request(SUB_ISSUES, first);

    await expect(bot.request(SUB_ISSUES, first)).rejects.toMatchObject({ status: 422 });
    await expect(bot.request(SUB_ISSUES, second)).rejects.toMatchObject({ status: 422 });
    await bot.request(SUB_ISSUES, { ...second, replace_parent: true });

    const listed = await bot.request(SUB_ISSUES.replace("POST", "GET"), second);
    expect(listed.data).toMatchObject([{ id: sub_issue_id }]);
  }));

test("a hundred sub-issues are the most, and closed ones count (T1, L12a)", () =>
  onGitHub(async ({ bot }) => {
    const [epic, last] = await open(bot, "epic", "one too many");
    const at = { ...SHOP, issue_number: epic?.number ?? 0 };
    for (let index = 0; index < 100; index += 1) {
      const [task] = await open(bot, `task ${index}`);
      await bot.request(SUB_ISSUES, { ...at, sub_issue_id: task?.id ?? 0 });
      if (index === 0) {
        await bot.issues.update({ ...SHOP, issue_number: task?.number ?? 0, state: "closed" });
      }
    }

    const over = bot.request(SUB_ISSUES, { ...at, sub_issue_id: last?.id ?? 0 });

    await expect(over).rejects.toMatchObject({
      status: 422,
      message: expect.stringContaining("more than 100 sub-issues"),
    });
  }));

test("nesting ends at eight levels, and no issue is its own ancestor (T1)", () =>
  onGitHub(async ({ bot }) => {
    const chain = await open(bot, "1", "2", "3", "4", "5", "6", "7", "8", "9");
    const link = (parent: number, child: number) =>
      bot.request(SUB_ISSUES, {
        ...SHOP,
        issue_number: chain[parent]?.number ?? 0,
        sub_issue_id: chain[child]?.id ?? 0,
      });
    for (let index = 0; index < 7; index += 1) await link(index, index + 1);

    await expect(link(7, 8)).rejects.toMatchObject({ status: 422 });
    await expect(link(7, 0)).rejects.toMatchObject({ status: 422 });
  }));

test("sub-issues are reordered and removed (T1)", () =>
  onGitHub(async ({ bot, settled }) => {
    const [epic, a, b] = await open(bot, "epic", "a", "b");
    const at = { ...SHOP, issue_number: epic?.number ?? 0 };
    for (const task of [a, b])
      await bot.request(SUB_ISSUES, { ...at, sub_issue_id: task?.id ?? 0 });
    const move = "PATCH /repos/{owner}/{repo}/issues/{issue_number}/sub_issues/priority";
    await bot.request(move, { ...at, sub_issue_id: b?.id ?? 0, before_id: a?.id ?? 0 });
    const ordered = await bot.request(SUB_ISSUES.replace("POST", "GET"), at);
    const remove = "DELETE /repos/{owner}/{repo}/issues/{issue_number}/sub_issue";
    await bot.request(remove, { ...at, sub_issue_id: b?.id ?? 0 });

    expect(ordered.data).toMatchObject([{ title: "b" }, { title: "a" }]);
    const left = await bot.request(SUB_ISSUES.replace("POST", "GET"), at);
    expect(left.data).toMatchObject([{ title: "a" }]);
    expect(await settled()).toContain("sub_issues.parent_issue_removed");
  }));

test("a dependency is told from both sides, counted, and ends with the blocker (T1)", () =>
  onGitHub(async ({ bot, settled }) => {
    const [first, second] = await open(bot, "first", "second");
    const at = { ...SHOP, issue_number: second?.number ?? 0 };
    await bot.request(BLOCKED_BY, { ...at, issue_id: first?.id ?? 0 });
    const { data: blocked } = await bot.issues.get(at);
    await bot.issues.update({ ...SHOP, issue_number: first?.number ?? 0, state: "closed" });
    const { data: free } = await bot.issues.get(at);

    expect(blocked.issue_dependencies_summary?.blocked_by).toBe(1);
    expect(free.issue_dependencies_summary).toMatchObject({ blocked_by: 0, total_blocked_by: 1 });
    const names = (await settled()).filter((name) => name.startsWith("issue_dependencies"));
    expect(names.sort()).toEqual([
      "issue_dependencies.blocked_by_added",
      "issue_dependencies.blocking_added",
    ]);
  }));

test("a dependency on itself, twice, or in a circle is refused (T1)", () =>
  onGitHub(async ({ bot }) => {
    const [a, b] = await open(bot, "a", "b");
    const block = (blocked: typeof a, blocker: typeof a) =>
      bot.request(BLOCKED_BY, {
        ...SHOP,
        issue_number: blocked?.number ?? 0,
        issue_id: blocker?.id ?? 0,
      });
    await block(a, b);

    await expect(block(a, b)).rejects.toMatchObject({ status: 422 });
    await expect(block(a, a)).rejects.toMatchObject({ status: 422 });
    await expect(block(b, a)).rejects.toMatchObject({ status: 422 });
  }));
