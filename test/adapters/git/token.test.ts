import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { inspect } from "node:util";
import { expect, test } from "vitest";
import { inGitWorld, shop } from "./git-world.ts";

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

test("a remote that sends git elsewhere is not followed there with the token (S3)", () =>
  inGitWorld(async ({ git, remote }) =>
    inGitWorld(async ({ remote: elsewhere }) => {
      remote.answer = (request) => ({ location: new URL(request.url ?? "", elsewhere.url).href });

      await expect(git.fetch(shop)).rejects.toMatchObject({ port: "git", retryable: false });

      expect(remote.requests).toHaveLength(1);
      expect(elsewhere.requests).toEqual([]);
    }),
  ));

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
