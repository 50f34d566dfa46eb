import { spawn } from "node:child_process";
import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { expect, test } from "vitest";
import { createSandbox } from "../../../src/adapters/sandbox/sandbox.ts";
import { awaitFact } from "../../../src/lib/await-fact.ts";
import { shortId } from "../../../src/lib/ids.ts";
import type { Sandbox } from "../../../src/ports/host.ts";
import { type CellWorld, cellOf, cellWorld } from "./cell-world.ts";

// A host on which bubblewrap makes no cell: a program stands in its place that fails as it would.

const NO_BWRAP = "/bin/false";
const BOUNDS = { timeoutMs: 10_000, maxOutputBytes: 10_000 };

test("on a host that can make cells, they are made, whatever is allowed (S5)", async () => {
  const world = cellWorld();
  const sandbox = createSandbox({ dataDir: world.dataDir, withoutCells: true });

  expect((await sandbox.level()).level).not.toBe("none");
  const seen = await sandbox.run(cellOf(null), ["/bin/sh", "-c", "ls /root; cat /proc/1/comm"], {
    maxOutputBytes: 1_000,
  });
  expect(seen.output).toContain("No such file");
});

test("where no cell can be made and none is allowed to be missing, nothing runs (S5)", async () => {
  const world = cellWorld();
  const sandbox = createSandbox({ dataDir: world.dataDir, bwrap: NO_BWRAP });

  expect((await sandbox.level()).level).toBe("none");
  const tried = await sandbox.run(cellOf(null), ["/bin/echo", "ran"], { maxOutputBytes: 1_000 });
  expect(tried).toMatchObject({ exitCode: null });
  expect(tried.output).not.toContain("ran");
});

test("without cells a command gets what a cell gets: environment, folders, limits, exit code (S5)", async () => {
  process.env["FACTORY_TEST_CANARY"] = "canary";
  const { sandbox, world } = await withoutCells();
  const line =
    "env; pwd; ulimit -n; echo x >$TMPDIR/x; echo $HOME; grep NoNewPrivs /proc/self/status; exit 7";

  const ran = await sandbox.run(cellOf(world.worktree), ["/bin/sh", "-c", line], BOUNDS);

  expect(ran.exitCode).toBe(7);
  expect(ran.output).not.toContain("canary");
  expect(ran.output).toContain(`\n${world.worktree.path}\n8192\n`);
  expect(ran.output).toMatch(new RegExp(`${world.dataDir}/cells/plain/[^/]+/home\n`));
  expect(ran.output).toMatch(/NoNewPrivs:\s+1/);
  expect(readdirSync(join(world.dataDir, "cells", "plain"))).toEqual([]);
});

test("without cells worktrees are filled and staged, and trees verified (S5, G4)", async () => {
  const { sandbox, world } = await withoutCells();
  const { worktree, base, git } = world;
  await sandbox.checkout(worktree, base);
  await sandbox.run(cellOf(worktree), ["/bin/sh", "-c", "echo more >>src/a.txt"], BOUNDS);

  const { tree, pack } = await sandbox.stage(worktree, base, { maxPackBytes: 100_000 });
  git(["index-pack", "--stdin", "--strict"], pack);
  const passed = await sandbox.verify(worktree.mirror, tree, "cat src/a.txt", BOUNDS);
  const failed = await sandbox.verify(worktree.mirror, tree, "exit 3", BOUNDS);

  expect(passed).toMatchObject({ exitCode: 0, output: "one\nmore\n" });
  expect(failed.exitCode).toBe(3);
  expect(await sandbox.measure(worktree)).toMatchObject({ files: expect.any(Number) });
  expect(readdirSync(join(world.dataDir, "cells", "verify"))).toEqual([]);
});

test("without cells what a command leaves running ends with it, at its limit, too (S5)", async () => {
  const { sandbox, world } = await withoutCells();
  const name = `left-${shortId()}`;
  const leave = `setsid bash -c 'exec -a ${name} sleep 600' & sleep 0.2`;
  const argv = (line: string) => ["/bin/bash", "-c", line];

  const ended = await sandbox.run(cellOf(world.worktree), argv(leave), BOUNDS);
  const late = await sandbox.run(
    cellOf(world.worktree, { timeoutMs: 700 }),
    argv(`${leave}; sleep 600`),
    { maxOutputBytes: 1_000 },
  );

  expect(ended.exitCode).toBe(0);
  expect(late).toMatchObject({ timedOut: true, exitCode: null });
  expect(processesNamed(name)).toEqual([]);
});

test("without cells what is wrapped is ended by its name, with its folder (S5)", async () => {
  const { sandbox, world } = await withoutCells();
  const cell = cellOf(world.worktree, { id: `life-${shortId()}`, timeoutMs: null });
  const name = `left-${shortId()}`;
  const line = `setsid bash -c 'exec -a ${name} sleep 600' & sleep 600`;
  const [file = "", ...args] = sandbox.wrap(cell, ["/bin/bash", "-c", line]);
  spawn(file, args, { stdio: "ignore", detached: true });
  const folder = join(world.dataDir, "cells", "plain");
  await awaitFact(
    "it runs, and what it left, too",
    () => processesNamed(name),
    (pids) => pids.length === 1,
  );

  await sandbox.end(cell.id);

  expect(processesNamed(name)).toEqual([]);
  expect(readdirSync(folder)).toEqual([]);
});

test("without cells dependencies are not set up, and it says whose business that is (Q3b, S5)", async () => {
  const { sandbox, world } = await withoutCells();

  const refused = await sandbox.setup({
    ...{ inputs: [], mirror: world.worktree.mirror, tree: world.base, command: "true", tools: [] },
    openRegistries: () => Promise.reject(new Error("not reached")),
    closeRegistries: () => Promise.resolve(),
  });

  expect(refused).toEqual({ kind: "refused", reason: expect.stringContaining("makes no cells") });
});

async function withoutCells(): Promise<{ sandbox: Sandbox; world: CellWorld }> {
  const world = cellWorld();
  const sandbox = createSandbox({ dataDir: world.dataDir, bwrap: NO_BWRAP, withoutCells: true });
  expect((await sandbox.level()).level).toBe("none");
  return { sandbox, world };
}

function processesNamed(name: string): readonly string[] {
  return readdirSync("/proc").filter((pid) => {
    if (!/^\d+$/.test(pid)) return false;
    try {
      return readFileSync(`/proc/${pid}/cmdline`, "utf8").startsWith(name);
    } catch {
      return false; // It has ended meanwhile.
    }
  });
}
