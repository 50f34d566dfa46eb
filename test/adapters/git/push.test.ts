import { expect, test } from "vitest";
import { installHook } from "../../support/git-http.ts";
import { inGitWorld, shop } from "./git-world.ts";

test("a push makes a ref, moves it from its expected value, and is at peace when it is there (F13)", () =>
  inGitWorld(async ({ git, branch, remote }) => {
    const main = branch("main", { a: "1" });
    await git.fetch(shop);
    const tree = await git.treeOf(shop, main);
    const next = await git.commitTree(shop, {
      tree,
      parents: [main],
      message: "Next\n",
      at: "2026-01-02T03:04:05Z",
    });

    const ref = "refs/factory/landing/7";
    expect(await git.push(shop, { sha: next, ref, expected: null })).toBe("pushed");
    expect(await git.push(shop, { sha: next, ref, expected: null })).toBe("pushed");
    expect(await git.push(shop, { sha: next, ref: "refs/heads/main", expected: main })).toBe(
      "pushed",
    );
    expect(await git.push(shop, { sha: next, ref: "refs/heads/main", expected: main })).toBe(
      "pushed",
    );

    expect(remote.git(["rev-parse", "main", ref])).toBe(`${next}\n${next}`);
  }));

test("a push whose ref was moved by a human changes nothing (F13)", () =>
  inGitWorld(async ({ git, branch, remote }) => {
    const main = branch("main", { a: "1" });
    const mine = branch("mine", { a: "2" }, [main]);
    await git.fetch(shop);
    const theirs = branch("main", { a: "3" }, [main]);

    const ref = "refs/heads/main";
    expect(await git.push(shop, { sha: mine, ref, expected: main })).toBe("moved");
    expect(await git.push(shop, { sha: mine, ref, expected: null })).toBe("moved");
    expect(await git.push(shop, { sha: mine, ref: "refs/heads/gone", expected: main })).toBe(
      "moved",
    );

    expect(remote.git(["rev-parse", "main"])).toBe(theirs);
  }));

test("of several pushers at once exactly one moves the branch (F13)", () =>
  inGitWorld(async ({ git, another, branch, remote }) => {
    const main = branch("main", { a: "1" });
    await git.fetch(shop);
    const tree = await git.treeOf(shop, main);
    const pushers = [git, another(), another(), another()];
    const commits = await Promise.all(
      pushers.map((pusher, index) =>
        pusher.commitTree(shop, {
          tree,
          parents: [main],
          message: `From ${index}\n`,
          at: "2026-01-02T03:04:05Z",
        }),
      ),
    );

    const results = await Promise.all(
      pushers.map((pusher, index) =>
        pusher.push(shop, { sha: commits[index] ?? "", ref: "refs/heads/main", expected: main }),
      ),
    );

    expect(results.filter((result) => result === "pushed")).toHaveLength(1);
    expect(results.filter((result) => result === "moved")).toHaveLength(3);
    expect(remote.git(["rev-parse", "main"])).toBe(commits[results.indexOf("pushed")]);
  }));

test("a push whose answer was lost counts as pushed", () =>
  inGitWorld(async ({ git, branch, remote }) => {
    const main = branch("main", { a: "1" });
    await git.fetch(shop);
    remote.dropsReply = (request) => request.url?.endsWith("/git-receive-pack") === true;

    const pushed = await git.push(shop, { sha: main, ref: "refs/heads/copy", expected: null });

    expect(pushed).toBe("pushed");
  }));

test("a rule that refuses a push is a verdict that carries the server's words", () =>
  inGitWorld(async ({ git, branch, remote }) => {
    const main = branch("main", { a: "1" });
    await git.fetch(shop);
    installHook(
      remote,
      "pre-receive",
      "echo 'GH013: Repository rule violations found' >&2; exit 1",
    );

    const push = git.push(shop, { sha: main, ref: "refs/heads/copy", expected: null });

    await expect(push).rejects.toMatchObject({ name: "PortError", port: "git", retryable: false });
    await expect(push).rejects.toThrow(/pre-receive hook declined.*GH013: Repository rule/);
  }));

test("a commit that this host does not have is a verdict", () =>
  inGitWorld(async ({ git, branch }) => {
    branch("main", { a: "1" });
    await git.fetch(shop);

    const push = git.push(shop, { sha: "1".repeat(40), ref: "refs/heads/copy", expected: null });

    await expect(push).rejects.toMatchObject({ port: "git", retryable: false });
    await expect(push).rejects.toThrow(/bad object/);
  }));
