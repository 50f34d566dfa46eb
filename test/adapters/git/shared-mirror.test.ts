import { spawn } from "node:child_process";
import { once } from "node:events";
import { existsSync, mkdirSync, readdirSync, readFileSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { expect, test } from "vitest";
import { awaitFact } from "../../../src/lib/await-fact.ts";
import { inGitWorld, shop } from "./git-world.ts";

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

test("an old lock is left to a git process that still works in the mirror", () =>
  inGitWorld(
    async ({ git, branch, dataDir }) => {
      const main = branch("main", { a: "1" });
      await git.fetch(shop);
      const mirror = join(dataDir, "repos/4711-acme-shop/mirror.git");
      const lock = join(mirror, "refs/heads/kept.lock");
      mkdirSync(dirname(lock), { recursive: true });
      writeFileSync(lock, "");
      const args = ["-e", "setTimeout(() => {}, 60_000)", "--", `--git-dir=${mirror}`, "fetch"];
      const writer = spawn(process.execPath, args, { stdio: "ignore" });
      await once(writer, "spawn");
      await awaitFact(
        "the writer is listed",
        () => readFileSync(`/proc/${writer.pid}/cmdline`, "utf8"),
        (command) => command.includes("fetch"),
      );

      const set = git.setRef(shop, "refs/heads/kept", main);

      await expect(set).rejects.toMatchObject({ port: "git", retryable: true });
      writer.kill("SIGKILL");
      await once(writer, "exit");
      await git.setRef(shop, "refs/heads/kept", main);
      expect(existsSync(lock)).toBe(false);
    },
    { limits: { staleLockMs: 0, lockAttempts: 3 } },
  ));

test("a renamed repository keeps its mirror", () =>
  inGitWorld(async ({ git, another, branch, dataDir }) => {
    branch("main", { a: "1" });
    await git.fetch(shop);

    await another().fetch({ ...shop, owner: "new-owner", name: "new-name" });

    expect(readdirSync(join(dataDir, "repos"))).toEqual(["4711-acme-shop"]);
  }));

test("a fetch that is killed at any moment is made good by the next one (F20)", () =>
  inGitWorld(
    async ({ git, another, branch }) => {
      const main = branch("main", { a: "1" });
      await git.fetch(shop);
      for (const remoteTimeoutMs of [2, 8, 14, 20, 26, 32, 38, 44, 50]) {
        const tip = branch(`topic-${remoteTimeoutMs}`, { a: `${remoteTimeoutMs}` }, [main]);
        const killed = another({ limits: { remoteTimeoutMs, staleLockMs: 100 } });
        await killed.fetch(shop).catch((error: unknown) => {
          expect(error).toMatchObject({ name: "PortError", retryable: true });
        });

        await git.fetch(shop);

        expect(await git.isAncestor(shop, main, tip)).toBe(true);
      }
    },
    { limits: { staleLockMs: 100 } },
  ));
