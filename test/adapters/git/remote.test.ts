import { expect, test } from "vitest";
import { rawTree } from "../../support/git-http.ts";
import { inGitWorld, shop } from "./git-world.ts";

test("a fetch brings every branch and forgets those that are gone", () =>
  inGitWorld(async ({ git, branch, remote }) => {
    const main = branch("main", { "a.txt": "a" });
    const topic = branch("topic", { "a.txt": "b" }, [main]);
    await git.fetch(shop);
    expect(await git.isAncestor(shop, main, topic)).toBe(true);
    expect(await git.isAncestor(shop, topic, main)).toBe(false);

    remote.git(["update-ref", "-d", "refs/heads/topic"]);
    remote.git(["update-ref", "refs/heads/topic/deeper", topic]);
    await git.fetch(shop);

    expect(await git.remoteTip(shop, "topic")).toBeNull();
    expect(await git.remoteTip(shop, "topic/deeper")).toBe(topic);
  }));

test("the remote's tip is of exactly the branch asked for", () =>
  inGitWorld(async ({ git, branch }) => {
    const other = branch("x/refs/heads/main", { a: "1" });

    expect(await git.remoteTip(shop, "main")).toBeNull();
    expect(await git.remoteTip(shop, "x/refs/heads/main")).toBe(other);
  }));

test.each([500, 502, 503, 429])("a remote that answers %i is weather", (status) =>
  inGitWorld(async ({ git, branch, remote }) => {
    const main = branch("main", { a: "1" });
    await git.fetch(shop);
    remote.answer = () => status;

    await expect(git.fetch(shop)).rejects.toMatchObject({ port: "git", retryable: true });
    await expect(
      git.push(shop, { sha: main, ref: "refs/heads/copy", expected: null }),
    ).rejects.toMatchObject({ port: "git", retryable: true });
  }),
);

test.each([403, 404, 302])("a remote that answers %i has refused", (status) =>
  inGitWorld(async ({ git, remote }) => {
    remote.answer = () => status;

    await expect(git.fetch(shop)).rejects.toMatchObject({ port: "git", retryable: false });
  }),
);

test("a remote that nobody answers at is weather", () =>
  inGitWorld(async ({ git, remote }) => {
    await remote.close();

    await expect(git.remoteTip(shop, "main")).rejects.toMatchObject({
      port: "git",
      retryable: true,
    });
  }));

test("a remote that says nothing is given up at the time limit", () =>
  inGitWorld(
    async ({ git, remote }) => {
      remote.answer = () => "silence";

      const fetch = git.fetch(shop);

      await expect(fetch).rejects.toMatchObject({ port: "git", retryable: true });
      await expect(fetch).rejects.toThrow("git fetch was stopped after 700 ms");
    },
    { limits: { remoteTimeoutMs: 700 } },
  ));

test("a remote whose objects would harm a checkout is refused (T10)", () =>
  inGitWorld(async ({ git, remote }) => {
    const evil = rawTree(remote, { ".git/config": "[core]\n\tfsmonitor = id\n" });
    remote.git(["update-ref", "refs/heads/main", remote.git(["commit-tree", "-m", "x", evil])]);

    const fetch = git.fetch(shop);

    await expect(fetch).rejects.toMatchObject({ port: "git", retryable: false });
    await expect(fetch).rejects.toThrow(/hasDotgit/);
  }));

test("a remote whose old commits are only untidy is fetched", () =>
  inGitWorld(async ({ git, branch, remote }) => {
    const tree = remote.git(["rev-parse", `${branch("other", { a: "1" })}^{tree}`]);
    const untidy = `tree ${tree}\nauthor A<a@b> 0 +051800\ncommitter A <a> 01 +0000\n\nold\n`;
    const write = ["hash-object", "-t", "commit", "-w", "--literally", "--stdin"];
    const old = remote.git(write, untidy);
    remote.git(["update-ref", "refs/heads/main", old]);

    await git.fetch(shop);

    expect(await git.treeOf(shop, old)).toBe(tree);
  }));
