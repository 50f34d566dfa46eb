import { existsSync, mkdirSync, readdirSync, readFileSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { inspect } from "node:util";
import { expect, test } from "vitest";
import { installHook } from "../../support/git-http.ts";
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

test("a token that is not accepted is replaced by a fresh one, in the middle of the work", () =>
  inGitWorld(async ({ git, branch, remote, asked }) => {
    const main = branch("main", { a: "1" });
    await git.fetch(shop);
    remote.tokens.delete("good-token-1");
    remote.tokens.add("good-token-fresh");

    const pushed = await git.push(shop, { sha: main, ref: "refs/heads/copy", expected: null });

    expect(pushed).toBe("pushed");
    expect(asked).toEqual(["cached", "cached", "fresh"]);
  }));

test("a remote that accepts no token is asked twice and no more, and no text holds the tokens", () =>
  inGitWorld(async ({ git, remote, asked }) => {
    remote.tokens.clear();

    const error = await git.fetch(shop).catch((thrown: unknown) => thrown);

    expect(error).toMatchObject({ name: "PortError", port: "git", retryable: true });
    expect(asked).toEqual(["cached", "fresh"]);
    expect(inspect(error, { depth: 9 })).not.toMatch(tokenText);
  }));

const tokenText = new RegExp(
  ["good-token", ...["good-token-1", "good-token-fresh"].map(basic)].join("|"),
);

function basic(token: string): string {
  return Buffer.from(`x-access-token:${token}`).toString("base64");
}

test("the token is in no argument of any process and in no file of the host (S3)", () =>
  inGitWorld(async ({ git, branch, remote, dataDir }) => {
    const main = branch("main", { a: "1" });
    const seen: string[] = [];
    remote.answer = () => {
      seen.push(...argumentsOfAllProcesses());
      return null;
    };

    await git.fetch(shop);
    await git.push(shop, { sha: main, ref: "refs/heads/copy", expected: null });

    expect(seen.some((args) => args.includes(remote.url))).toBe(true);
    expect(seen.filter((args) => tokenText.test(args))).toEqual([]);
    const files = readdirSync(dataDir, { recursive: true, withFileTypes: true });
    const holding = files
      .filter((file) => file.isFile())
      .filter((file) => tokenText.test(readFileSync(join(file.parentPath, file.name), "latin1")));
    expect(files.length).toBeGreaterThan(5);
    expect(holding).toEqual([]);
  }));

function argumentsOfAllProcesses(): readonly string[] {
  return readdirSync("/proc")
    .filter((name) => /^\d+$/.test(name))
    .map((pid) => {
      try {
        return readFileSync(`/proc/${pid}/cmdline`, "utf8");
      } catch {
        return "";
      }
    });
}

test("an address that carries a login, or is no http, is refused before git sees it", () =>
  inGitWorld(async ({ another }) => {
    for (const url of [
      "http://x:secret@127.0.0.1/a.git",
      "ext::sh -c id",
      "file:///etc",
      "git@host:x",
    ]) {
      const git = another({ remoteOf: async () => ({ url, token: "good-token-1" }) });

      const fetch = git.fetch(shop);

      await expect(fetch).rejects.toMatchObject({ port: "git", retryable: false });
      await expect(fetch).rejects.toThrow("acme/shop must be an http(s) address without a login");
    }
  }));

test("two processes that make and fetch the same mirror at once both succeed", () =>
  inGitWorld(async ({ git, another, branch }) => {
    const main = branch("main", { a: "1" });
    for (let index = 0; index < 20; index += 1) branch(`topic-${index}`, { a: `${index}` }, [main]);

    await Promise.all([git, another(), another()].map((one) => one.fetch(shop)));

    expect(await git.treeOf(shop, main)).toMatch(/^[0-9a-f]{40}$/);
  }));

test("a lock that a killed process left behind is removed, a fresh one is waited for", () =>
  inGitWorld(
    async ({ git, branch, dataDir }) => {
      const main = branch("main", { a: "1" });
      await git.fetch(shop);
      const lock = join(dataDir, "repos/4711-acme-shop/mirror.git/refs/heads/kept.lock");
      mkdirSync(dirname(lock), { recursive: true });
      writeFileSync(lock, "");

      await git.setRef(shop, "refs/heads/kept", main);

      expect(existsSync(lock)).toBe(false);
      expect(await git.isAncestor(shop, main, main)).toBe(true);
    },
    { limits: { staleLockMs: 100 } },
  ));

test("a lock that stays held is weather, after a bounded number of tries", () =>
  inGitWorld(
    async ({ git, branch, dataDir }) => {
      const main = branch("main", { a: "1" });
      await git.fetch(shop);
      const lock = join(dataDir, "repos/4711-acme-shop/mirror.git/refs/heads/kept.lock");
      mkdirSync(dirname(lock), { recursive: true });
      writeFileSync(lock, "");

      const set = git.setRef(shop, "refs/heads/kept", main);

      await expect(set).rejects.toMatchObject({ port: "git", retryable: true });
      expect(existsSync(lock)).toBe(true);
    },
    { limits: { lockAttempts: 3 } },
  ));

test("a renamed repository keeps its mirror", () =>
  inGitWorld(async ({ git, another, branch, dataDir }) => {
    branch("main", { a: "1" });
    await git.fetch(shop);

    await another().fetch({ ...shop, owner: "new-owner", name: "new-name" });

    expect(readdirSync(join(dataDir, "repos"))).toEqual(["4711-acme-shop"]);
  }));
