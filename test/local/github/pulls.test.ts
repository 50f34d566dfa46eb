import type { Octokit } from "@octokit/rest";
import { expect, test } from "vitest";
import { awaitFact } from "../../../src/lib/await-fact.ts";
import { type GitHubWorld, git, onGitHub, pushFile, SHOP } from "../../support/github-world.ts";

async function openPull(world: GitHubWorld, head = "feature", base = "main") {
  const clone = await world.cloneAs(world.dana.token, `clone-${head}`);
  const sha = await pushFile(clone, head, { path: `${head}.txt`, text: "new\n" });
  const { data: pull } = await world.bot.pulls.create({ ...SHOP, title: "Add it", head, base });
  return { clone, sha, pull, at: { ...SHOP, pull_number: pull.number } };
}

function mergeableOf(octokit: Octokit, at: { owner: string; repo: string; pull_number: number }) {
  return awaitFact(
    "mergeable is known",
    async () => (await octokit.pulls.get(at)).data,
    ({ mergeable }) => mergeable !== null,
  );
}

test("whether a pull request merges is not known at first, and then it is (T1)", () =>
  onGitHub(async (world) => {
    const { at, pull } = await openPull(world);

    const first = await world.bot.pulls.get(at);
    const later = await mergeableOf(world.bot, at);

    expect([pull.mergeable, first.data.mergeable]).toEqual([null, null]);
    expect(first.data.mergeable_state).toBe("unknown");
    expect(later).toMatchObject({ mergeable: true, mergeable_state: "clean", commits: 1 });
  }));

test("a conflicting pull request is dirty and cannot be merged (T1)", () =>
  onGitHub(async (world) => {
    const clone = await world.cloneAs(world.dana.token, "clone");
    await pushFile(clone, "feature", { path: "readme.md", text: "# Feature\n" });
    await git(clone, "checkout", "-q", "main");
    await pushFile(clone, "main", { path: "readme.md", text: "# Main\n" });
    const { data } = await world.bot.pulls.create({
      ...SHOP,
      title: "A",
      head: "feature",
      base: "main",
    });
    const at = { ...SHOP, pull_number: data.number };

    expect(await mergeableOf(world.bot, at)).toMatchObject({
      mergeable: false,
      mergeable_state: "dirty",
    });
    await expect(world.as(world.dana).pulls.merge(at)).rejects.toMatchObject({ status: 405 });
  }));

test.each(["merge", "squash", "rebase"] as const)(
  "merging by %s writes real commits, closes the pull request and moves the branch (T1)",
  (merge_method) =>
    onGitHub(async (world) => {
      const { at, clone, sha } = await openPull(world);

      const { data: merged } = await world.as(world.dana).pulls.merge({ ...at, sha, merge_method });

      const { data: pull } = await world.bot.pulls.get(at);
      expect(pull).toMatchObject({ merged: true, state: "closed", merge_commit_sha: merged.sha });
      expect(pull.merged_by?.login).toBe("dana");
      expect([pull.commits, pull.additions, pull.changed_files]).toEqual([1, 1, 1]);
      const { data: files } = await world.bot.pulls.listFiles(at);
      expect(files.map(({ filename }) => filename)).toEqual(["feature.txt"]);
      await git(clone, "fetch", "-q", "origin");
      expect(await git(clone, "rev-parse", "origin/main")).toBe(merged.sha);
      expect(await git(clone, "show", "origin/main:feature.txt")).toBe("new");
      const names = await world.settled();
      expect(names.filter((name) => name === "pull_request.closed")).toHaveLength(1);
    }),
);

test("merging another head than the one that was looked at is a conflict (T1, Q2)", () =>
  onGitHub(async (world) => {
    const { at, sha, clone } = await openPull(world);
    await pushFile(clone, "feature", { path: "later.txt", text: "more\n" });

    await expect(world.bot.pulls.merge({ ...at, sha })).rejects.toMatchObject({ status: 409 });
  }));

test("a pull request whose head is pushed to its base becomes merged (T1)", () =>
  onGitHub(async (world) => {
    const { at, clone, sha } = await openPull(world);
    await git(clone, "checkout", "-q", "main");
    await git(clone, "merge", "-q", "--no-ff", "-m", "Land it", "feature");
    await git(clone, "push", "-q", "origin", "main");

    const { data: pull } = await world.bot.pulls.get(at);

    expect(pull).toMatchObject({ merged: true, state: "closed", head: { sha } });
    expect(pull.merge_commit_sha).toBe(await git(clone, "rev-parse", "main"));
    await world.settled();
    const closed = world.arrived.find(({ name }) => name === "pull_request.closed")?.payload;
    expect(closed.pull_request).toMatchObject({ merged: true, commits: 1 });
  }));

test("a push to the head is told with the commits before and after (T1)", () =>
  onGitHub(async (world) => {
    const { clone, sha: before } = await openPull(world);
    const after = await pushFile(clone, "feature", { path: "later.txt", text: "more\n" });

    await world.settled();

    const told = world.arrived.find(({ name }) => name === "pull_request.synchronize")?.payload;
    expect(told).toMatchObject({ before, after, pull_request: { head: { sha: after } } });
  }));

test("deleting the head branch closes a pull request, deleting the base closes it too (T1)", () =>
  onGitHub(async (world) => {
    const { at } = await openPull(world, "one");
    const { clone } = await openPull(world, "epic");
    const stacked = await openPull(world, "two", "epic");
    await git(clone, "push", "-q", "origin", "--delete", "one");
    await git(clone, "push", "-q", "origin", "--delete", "epic");

    const { data: first } = await world.bot.pulls.get(at);
    const { data: second } = await world.bot.pulls.get(stacked.at);

    expect(first).toMatchObject({ state: "closed", merged: false });
    expect(second).toMatchObject({ state: "closed", merged: false });
  }));

test("deleting a merged branch points the pull requests on it at where it was merged (T1)", () =>
  onGitHub(async (world) => {
    const epic = await openPull(world, "epic");
    const task = await openPull(world, "task", "epic");
    await world.bot.pulls.merge(epic.at);
    await world.bot.git.deleteRef({ ...SHOP, ref: "heads/epic" });

    const { data: pull } = await world.bot.pulls.get(task.at);

    expect(pull).toMatchObject({ state: "open", base: { ref: "main" } });
    await world.settled();
    const edited = world.arrived.find(({ name }) => name === "pull_request.edited")?.payload;
    expect(edited.changes.base.ref).toEqual({ from: "epic" });
  }));

test("pull requests are refused without commits, without a branch, and twice (T1)", () =>
  onGitHub(async (world) => {
    await openPull(world);
    const { pulls, git: refs } = world.bot;
    const { data: main } = await refs.getRef({ ...SHOP, ref: "heads/main" });
    await refs.createRef({ ...SHOP, ref: "refs/heads/same", sha: main.object.sha });
    const wish = { ...SHOP, title: "Again", base: "main" };

    const twice = pulls.create({ ...wish, head: "acme:feature" });
    await expect(twice).rejects.toMatchObject({
      status: 422,
      message: expect.stringContaining("A pull request already exists for acme:feature."),
    });
    await expect(pulls.create({ ...wish, head: "same" })).rejects.toMatchObject({
      message: expect.stringContaining("No commits between main and same"),
    });
    await expect(pulls.create({ ...wish, head: "none" })).rejects.toMatchObject({ status: 422 });
  }));

test("pull requests are listed by head, base and state (T1)", () =>
  onGitHub(async (world) => {
    const { pull } = await openPull(world);
    const numbers = async (filter: object) =>
      (await world.bot.pulls.list({ ...SHOP, ...filter })).data.map(({ number }) => number);

    expect(await numbers({ head: "acme:feature", state: "all" })).toEqual([pull.number]);
    expect(await numbers({ head: "acme:other" })).toEqual([]);
    expect(await numbers({ base: "main" })).toEqual([pull.number]);
    expect(await numbers({ state: "closed" })).toEqual([]);
  }));

test("a draft becomes ready over GraphQL and cannot be merged before (T1)", () =>
  onGitHub(async (world) => {
    const clone = await world.cloneAs(world.dana.token, "clone");
    await pushFile(clone, "feature", { path: "a.txt", text: "a\n" });
    const wish = { ...SHOP, title: "Draft", head: "feature", base: "main", draft: true };
    const { data: pull } = await world.bot.pulls.create(wish);
    const at = { ...SHOP, pull_number: pull.number };
    await expect(world.bot.pulls.merge(at)).rejects.toMatchObject({ status: 405 });
    const ready = `mutation($pullRequestId: ID!) {
      markPullRequestReadyForReview(input: { pullRequestId: $pullRequestId }) { clientMutationId }
    }`;

    await world.bot.graphql(ready, { pullRequestId: pull.node_id });

    expect((await world.bot.pulls.get(at)).data.draft).toBe(false);
    expect(await world.settled()).toContain("pull_request.ready_for_review");
  }));

test("reviews approve, ask for changes, comment on lines; nobody approves their own (T1)", () =>
  onGitHub(async (world) => {
    const { at } = await openPull(world);
    const own = world.bot.pulls.createReview({ ...at, event: "APPROVE" });
    await expect(own).rejects.toMatchObject({ status: 422 });
    const { pulls } = world.as(world.dana);
    const comments = [{ path: "feature.txt", line: 1, body: "Why?" }];
    await pulls.createReview({ ...at, event: "REQUEST_CHANGES", body: "Not yet", comments });
    const { data: approval } = await pulls.createReview({ ...at, event: "APPROVE" });
    const { data: lines } = await world.bot.pulls.listReviewComments(at);
    const first = lines[0]?.id ?? 0;
    await world.bot.pulls.createReplyForReviewComment({ ...at, comment_id: first, body: "So" });
    await pulls.dismissReview({ ...at, review_id: approval.id, message: "Changed my mind" });

    const { data: reviews } = await world.bot.pulls.listReviews(at);

    expect(lines).toMatchObject([{ path: "feature.txt", body: "Why?", user: { login: "dana" } }]);
    expect(reviews.map(({ state }) => state)).toEqual([
      "CHANGES_REQUESTED",
      "DISMISSED",
      "COMMENTED",
    ]);
    expect(await world.settled()).toContain("pull_request_review_comment.created");
  }));

test("files, commits and the diff come from git (T1)", () =>
  onGitHub(async (world) => {
    const { at, sha } = await openPull(world);

    const files = await world.bot.pulls.listFiles(at);
    const commits = await world.bot.pulls.listCommits(at);
    const diff = await world.bot.pulls.get({ ...at, mediaType: { format: "diff" } });

    expect(files.data).toMatchObject([
      { filename: "feature.txt", status: "added", patch: "@@ -0,0 +1 @@\n+new" },
    ]);
    expect(commits.data.map((commit) => commit.sha)).toEqual([sha]);
    expect(String(diff.data)).toContain("diff --git a/feature.txt b/feature.txt");
  }));
