import { mkdirSync, readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { expect, test } from "vitest";
import { awaitFact } from "../../../src/lib/await-fact.ts";
import { cellOf, cellWorld, writeFiles } from "./cell-world.ts";

const BOUNDS = { timeoutMs: 10_000, maxOutputBytes: 10_000 };

test("a tree is verified by the repository's own command, in a folder that is gone afterwards (Q3)", async () => {
  const { sandbox, worktree, git, base, dataDir } = cellWorld();
  const tree = git(["rev-parse", `${base}^{tree}`]);

  const passed = await sandbox.verify(worktree.mirror, tree, "cat src/a.txt && ls -a", BOUNDS);
  const failed = await sandbox.verify(worktree.mirror, tree, "echo no >&2; exit 3", BOUNDS);

  expect(passed).toMatchObject({ exitCode: 0, timedOut: false, truncated: false });
  expect(passed.output).toBe("one\n.\n..\n.gitignore\nREADME.md\nsrc\n");
  expect(failed).toMatchObject({ exitCode: 3, output: "no\n" });
  expect(readdirSync(join(dataDir, "cells", "verify"))).toEqual([]);
});

test("whatever a command leaves behind is removed, and links in it are not followed (S6)", async () => {
  const { sandbox, worktree, base, folder, dataDir } = cellWorld();
  writeFiles(folder, { "host/kept": "kept" });
  const mess = `
    mkdir -p a/b/c && touch a/b/c/d && chmod 000 a/b/c a/b && chmod 000 a
    ln -s ${folder}/host away && ln -s / root && mkfifo pipe
    i=0; while [ $i -lt 300 ]; do mkdir -p xxxxxxxxxxxxxxxxxxxxxxxx && cd xxxxxxxxxxxxxxxxxxxxxxxx; i=$((i+1)); done
    exit 0`;

  const done = await sandbox.verify(worktree.mirror, base, mess, BOUNDS);

  expect(done.exitCode).toBe(0);
  expect(readdirSync(join(dataDir, "cells", "verify"))).toEqual([]);
  expect(readFileSync(join(folder, "host/kept"), "utf8")).toBe("kept");
});

test("a command that hangs is killed at its limit and its folder removed (Q3)", async () => {
  const { sandbox, worktree, base, dataDir } = cellWorld();

  const hung = await sandbox.verify(worktree.mirror, base, "echo begun; sleep 1000", {
    timeoutMs: 500,
    maxOutputBytes: 1_000,
  });

  expect(hung).toMatchObject({ exitCode: null, timedOut: true, output: "begun\n" });
  expect(readdirSync(join(dataDir, "cells", "verify"))).toEqual([]);
});

test("a verification has no mirror, no git wrapper and no other verification in sight (S6)", async () => {
  const { sandbox, worktree, base, dataDir } = cellWorld();

  const seen = await sandbox.verify(
    worktree.mirror,
    base,
    `ls ${worktree.mirror} ${dataDir}; command -v git; env | grep -c FACTORY; pwd`,
    BOUNDS,
  );

  expect(seen.output).toMatch(
    /No such file or directory\n[\s\S]*\/usr\/bin\/git\n0\n\/work\/tree\n$/,
  );
});

test("the folder that a killed process left is removed by the next verification, whoever has its number now (Q3, R9)", async () => {
  const { sandbox, worktree, base, dataDir } = cellWorld();
  const folder = join(dataDir, "cells", "verify");
  for (const owner of [999_999_999, process.pid]) {
    const left = join(folder, `${owner}-leftover`);
    mkdirSync(left, { recursive: true });
    writeFiles(left, { "src/file": "left" });
  }

  await sandbox.verify(worktree.mirror, base, "true", BOUNDS);

  expect(readdirSync(folder)).toEqual([]);
});

test("a tree that is not there is an error of the sandbox, never a failed verification (Q3)", async () => {
  const { sandbox, worktree, dataDir } = cellWorld();

  const missing = sandbox.verify(worktree.mirror, "0".repeat(40), "true", BOUNDS);

  await expect(missing).rejects.toMatchObject({ port: "sandbox", retryable: false });
  expect(readdirSync(join(dataDir, "cells", "verify"))).toEqual([]);
});

test("a command that was killed with its cell, or never began, has no exit code (Q3)", async () => {
  const { sandbox, worktree, base } = cellWorld();

  const own = await sandbox.verify(worktree.mirror, base, "kill -9 $$", BOUNDS);
  const neverBegan = await sandbox.run(cellOf(worktree), ["/no/such/program"], BOUNDS);
  const noCell = await sandbox.run(
    cellOf({ ...worktree, path: "/no/such/folder" }),
    ["/bin/true"],
    BOUNDS,
  );
  const killed = sandbox.verify(worktree.mirror, base, "echo begun; sleep 1000", BOUNDS);
  const pid = await awaitFact(
    "the cell's bubblewrap runs",
    async () => bubblewrapBelow(process.pid),
    (found) => found !== undefined,
    { limitMs: 10_000 },
  );
  process.kill(Number(pid), "SIGKILL");

  expect(own).toMatchObject({ exitCode: 137, timedOut: false });
  expect(neverBegan).toMatchObject({ exitCode: 127, timedOut: false });
  expect(noCell).toMatchObject({ exitCode: null, timedOut: false });
  expect(await killed).toMatchObject({ exitCode: null, timedOut: false });
});

test("a cell has a session of its own, so that a signal to the product's group misses it (Q3, R2)", async () => {
  const { sandbox, worktree, base } = cellWorld();
  const running = sandbox.verify(worktree.mirror, base, "sleep 1000", {
    ...BOUNDS,
    timeoutMs: 3_000,
  });

  const pid = await awaitFact(
    "the cell's bubblewrap runs",
    async () => bubblewrapBelow(process.pid),
    (found) => found !== undefined,
    { limitMs: 10_000 },
  );

  expect(groupOf(Number(pid))).not.toBe(groupOf(process.pid));
  expect(await running).toMatchObject({ timedOut: true });
});

/**
 * The bubblewrap around a `sleep` that runs below this process. Before it runs the cell is still
 * being made, and does not yet die with its parent.
 */
function bubblewrapBelow(ancestor: number): string | undefined {
  const below = readdirSync("/proc")
    .filter((name) => /^\d+$/.test(name) && descends(Number(name), ancestor))
    .map((pid) => ({ pid, words: argvOf(pid) }));
  const sleeps = below.some(({ words }) => /(^|\/)sleep$/.test(words[0] ?? ""));
  if (!sleeps) return undefined;
  return below.find(
    ({ words }) =>
      /(^|\/)bwrap$/.test(words[0] ?? "") && words.some((word) => word.includes("sleep 1000")),
  )?.pid;
}

function argvOf(pid: string): readonly string[] {
  try {
    return readFileSync(`/proc/${pid}/cmdline`, "utf8").split("\0");
  } catch {
    return []; // It has ended meanwhile.
  }
}

function descends(pid: number, ancestor: number): boolean {
  if (pid === ancestor) return true;
  const parent = Number(statOf(pid)[1] ?? 0);
  return parent > 1 && descends(parent, ancestor);
}

function groupOf(pid: number): string | undefined {
  return statOf(pid)[2];
}

/** State, parent, group … of a process. */
function statOf(pid: number): readonly string[] {
  const stat = readFileSync(`/proc/${pid}/stat`, "utf8");
  return stat.slice(stat.lastIndexOf(")") + 2).split(" ");
}
