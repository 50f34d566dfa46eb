import { execFileSync, spawn } from "node:child_process";
import { once } from "node:events";
import { existsSync, readdirSync, readFileSync, statSync } from "node:fs";
import { join } from "node:path";
import { Readable } from "node:stream";
import { expect, test } from "vitest";
import { readCeilings } from "../../../src/adapters/sandbox/host-layout.ts";
import { createTerminal } from "../../../src/adapters/tmux/tmux.ts";
import { awaitFact } from "../../../src/lib/await-fact.ts";
import { shortId } from "../../../src/lib/ids.ts";
import { cellOf, cellWorld } from "./cell-world.ts";

const MEBIBYTE = 1024 * 1024;

test("a fork bomb stays within its cell's limit, or the level says that it would not (S5)", async () => {
  const world = cellWorld({ processes: 40 });

  const bombed = await world.shell(
    "for i in $(seq 200); do sleep 20 & done 2>/dev/null; ls -d /proc/[0-9]* | wc -l",
  );
  const { missing } = await world.sandbox.level();

  const alive = Number(bombed.output.trim().split("\n").at(-1));
  const isBounded = bombed.exitCode !== 0 || alive <= 41;
  const isDeclared = missing.some((reason) => reason.includes("processes are not bounded"));
  expect(isBounded || isDeclared, bombed.output).toBe(true);
});

test("a file, /tmp and memory end at their limits (S5)", async () => {
  const world = cellWorld({
    fileBytes: MEBIBYTE,
    tmpBytes: 2 * MEBIBYTE,
    memoryBytes: 256 * MEBIBYTE,
  });

  const filled = await world.shell(`
    head -c 3000000 /dev/zero > big; stat -c 'file %s' big
    for i in 1 2 3 4 5; do head -c 1000000 /dev/zero > /tmp/$i; done; du -sk /tmp | cut -f1
    perl -e '$x = "x" x (512 * 1024 * 1024); print "GOT IT"'
    true`);

  expect(statSync(join(world.worktree.path, "big")).size).toBe(MEBIBYTE);
  expect(filled.output).toContain("No space left on device");
  expect(filled.output).not.toContain("GOT IT");
});

test("a cell at its time limit is killed with everything it started, and leaves nothing (S5)", async () => {
  const world = cellWorld();
  const mark = `3${Date.now()}`;

  const killed = await world.shell(`setsid sleep ${mark} & (sleep ${mark} &) ; sleep ${mark}`, {
    id: `timed-${shortId()}`,
    timeoutMs: 400,
  });

  expect(killed).toMatchObject({ exitCode: null, timedOut: true });
  await awaitFact("no process of the cell is left", () => commandLines(mark), isEmpty);
  expect(groupsOf("timed-")).toEqual([]);
});

test("a cell dies with the process that runs it (S5)", async () => {
  const world = cellWorld();
  const mark = `4${Date.now()}`;
  const argv = world.sandbox.wrap(cellOf(world.worktree), ["/bin/sh", "-c", `sleep ${mark}`]);

  // The wrapper is killed by the shell that started it, as a tmux server's end would.
  execFileSync("/bin/sh", [
    "-c",
    '"$@" & sleep 0.3; kill -9 $!; wait $! 2>/dev/null; true',
    "sh",
    ...argv,
  ]);

  await awaitFact("no process of the cell is left", () => commandLines(mark), isEmpty);
});

test("a cell in a tmux session ends with its session, whatever it ignores (S5)", async () => {
  const world = cellWorld();
  const mark = `6${Date.now()}`;
  const line = `trap '' HUP TERM INT; setsid nohup sleep ${mark} & sleep ${mark}; sleep ${mark}`;
  const cell = cellOf(world.worktree);
  const argv = world.sandbox.wrap(cell, ["/bin/sh", "-c", line]);
  const terminal = createTerminal({ socketPath: join(world.folder, "s") });
  await terminal.start({ name: "stubborn", argv, logFile: join(world.folder, "log") });
  await awaitFact(
    "the cell runs",
    () => commandLines(mark),
    (lines) => lines.length > 3,
  );

  await terminal.kill("stubborn");
  await world.sandbox.end(cell.id);

  // What the kernel ends with the cell's first process may take a moment more.
  await awaitFact("no process of the cell is left", () => commandLines(mark), isEmpty);
  await terminal.shutdown();
});

test("a cell whose outer half was killed before it held on to its inner half is ended too (S5)", async () => {
  const world = cellWorld();
  const mark = `7${Date.now()}`;
  const cell = cellOf(world.worktree);
  const argv = world.sandbox.wrap(cell, ["/bin/sh", "-c", `sleep ${mark}`]);
  // Bubblewrap without its bond stands for the moment before it has made it.
  const unbound = argv.filter((word) => word !== "--die-with-parent");
  const outer = spawn(unbound[0] ?? "", unbound.slice(1), { stdio: "ignore" });
  await awaitFact(
    "the cell runs",
    () => commandLines(mark),
    (lines) => lines.some((line) => line.startsWith("sleep")),
  );
  outer.kill("SIGKILL");
  await once(outer, "close");

  const survivors = commandLines(mark);
  await world.sandbox.end(cell.id);
  await world.sandbox.end(cell.id);

  expect(survivors).not.toEqual([]);
  expect(commandLines(mark)).toEqual([]);
});

test("limits above the host's own are lowered to them, so that cells still start (A10)", async () => {
  const { memoryBytes, ...more } = readCeilings(
    "Max data size             unlimited            unlimited            bytes\n" +
      "Max processes             100                  200                  processes\n" +
      "Max open files            1024                 4096                 files\n",
  );
  const world = cellWorld({ openFiles: 2 ** 40, fileBytes: 2 ** 50 });

  expect(memoryBytes).toBe(Number.POSITIVE_INFINITY);
  expect(more).toMatchObject({ processes: 200, openFiles: 4_096 });
  expect(await world.shell("true")).toMatchObject({ exitCode: 0, output: "" });
});

test("output is cut in the middle at its limit, and input reaches the command", async () => {
  const world = cellWorld();

  const long = await world.sandbox.run(
    cellOf(null),
    ["/bin/sh", "-c", "echo first; seq 100000; echo last >&2"],
    { maxOutputBytes: 2_000 },
  );
  const echoed = await world.sandbox.run(cellOf(null), ["cat"], {
    maxOutputBytes: 2_000,
    stdin: Readable.from(["from ", "outside"]),
  });

  expect(long.truncated).toBe(true);
  expect(long.output).toMatch(/^first\n[\s\S]*… \d+ bytes cut …[\s\S]*last\n$/);
  expect(long.output.length).toBeLessThan(2_100);
  expect(long.stdout.length).toBe(2_000);
  expect(echoed).toMatchObject({ exitCode: 0, output: "from outside", truncated: false });
});

test("core dumps are off, and the product's own Node.js is the one found", async () => {
  const world = cellWorld();

  const told = await world.shell("ulimit -c; node --version; git --version; command -v git");

  expect(told.output).toMatch(/^0\n/);
  expect(told.output).toContain(process.version);
  expect(told.output).toContain("/opt/factory/src/harness/bin/git");
});

function commandLines(mark: string): readonly string[] {
  return readdirSync("/proc")
    .filter((name) => /^\d+$/.test(name))
    .map((pid) => readIfThere(`/proc/${pid}/cmdline`))
    .filter((line) => line.includes(mark));
}

function readIfThere(file: string): string {
  try {
    return readFileSync(file, "utf8");
  } catch {
    return ""; // The process ended between the two looks.
  }
}

function isEmpty(found: readonly string[]): boolean {
  return found.length === 0;
}

function groupsOf(cellId: string): readonly string[] {
  const parents = ["/sys/fs/cgroup/pids", "/sys/fs/cgroup/memory", "/sys/fs/cgroup/factory"];
  return parents
    .filter((parent) => existsSync(parent))
    .flatMap((parent) => readdirSync(parent))
    .filter((name) => name.includes(`-${cellId}`));
}
