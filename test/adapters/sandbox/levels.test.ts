import { spawn } from "node:child_process";
import { once } from "node:events";
import { lstatSync, mkdirSync, readdirSync, renameSync, statSync, symlinkSync } from "node:fs";
import { createServer } from "node:net";
import { join } from "node:path";
import { expect, test } from "vitest";
import { createCellUsers } from "../../../src/adapters/sandbox/cell-users.ts";
import { temporaryFolder } from "../../support/temporary-folder.ts";
import { cellOf, cellWorld, layOutWorktree, writeFiles } from "./cell-world.ts";

const isRoot = process.getuid?.() === 0;

test("the level is what probes of real cells show: own users and control groups for root, one user otherwise (S5)", async () => {
  const { level, missing } = await cellWorld().sandbox.level();

  const hasGroups = !missing.some((reason) => reason.startsWith("Control groups"));
  expect(level).toBe(isRoot ? (hasGroups ? "A" : "B") : "C");
  if (!isRoot) expect(missing.join("\n")).toContain("An own user per cell: only root can give one");
});

test("without users to give, all cells run as the product's, and the level says so (S5)", async () => {
  const world = cellWorld({}, { count: 0 });
  const { level, missing } = await world.sandbox.level();
  await world.sandbox.checkout(world.worktree, world.base);

  expect(level).toBe("C");
  expect(missing.join("\n")).toMatch(/An own user per cell: .*all cells run as the user/);
  expect(statSync(join(world.worktree.path, "README.md")).uid).toBe(process.getuid?.());
});

test("where the host is root, two cells at work are two users, and neither is the product's (S5)", async () => {
  const world = cellWorld();
  const other = layOutWorktree(world.worktree.mirror, join(world.folder, "trees", "two"));

  for (const tree of [world.worktree, other]) await world.sandbox.checkout(tree, world.base);

  const users = [world.worktree, other].map(({ path }) => statSync(path).uid);
  expect(new Set([...users, process.getuid?.()]).size).toBe(isRoot ? 3 : 1);
  const seen = await world.shell(`cat ${other.path}/README.md; kill -0 ${process.pid}; id -u`);
  expect(seen.output).toMatch(/No such file[\s\S]*No such process[\s\S]*65534/);
});

test("a life's folder is given to the user of its cell, who alone can connect (S5)", async () => {
  const world = cellWorld();
  await world.sandbox.checkout(world.worktree, world.base);
  const brokerDir = join(world.folder, "life");
  writeFiles(brokerDir, { token: "the-token" });
  const broker = createServer((socket) => socket.end("hello"));
  await new Promise<void>((resolve) => broker.listen(join(brokerDir, "broker.sock"), resolve));

  const told = await world.shell(
    `cat /run/factory/token; node -e 'require("node:net").connect("/run/factory/broker.sock").pipe(process.stdout)'`,
    { brokerDir },
  );

  expect(told.output).toContain("the-tokenhello");
  for (const name of ["", "token", "broker.sock"])
    expect(statSync(join(brokerDir, name)).uid).toBe(statSync(world.worktree.path).uid);
  broker.close();
});

test("a number is given once, kept as long as what has it is there, and free again then (S5)", () => {
  const folder = temporaryFolder();
  const users = createCellUsers({ base: 300_000, count: 2, registry: join(folder, "users") });

  const [one, two] = [users.borrow(), users.borrow()];
  expect(new Set([one, two])).toEqual(new Set([300_000, 300_001]));
  expect(() => users.borrow()).toThrow("raise CELL_UID_COUNT");
  users.release(one);
  expect(users.borrow()).toBe(one);
});

test("a number that another process borrowed is kept as long as that one lives (S5, R9)", async () => {
  const registry = join(temporaryFolder(), "users");
  const options = { base: 300_000, count: 1, registry };
  const code = `const { createCellUsers } = await import(process.argv[1]);
    console.log(createCellUsers(JSON.parse(process.argv[2])).borrow());
    setInterval(() => {}, 1000);`;
  const argv = ["--input-type=module", "-e", code, CELL_USERS, JSON.stringify(options)];
  const other = spawn(process.execPath, argv, { stdio: ["ignore", "pipe", "inherit"] });
  const [said] = await once(other.stdout, "data");
  expect(String(said)).toBe("300000\n");
  const users = createCellUsers(options);

  expect(() => users.borrow()).toThrow("is free");
  other.kill("SIGKILL");
  await once(other, "close");

  expect(users.borrow()).toBe(300_000);
});

test("a registry that cannot be changed is told, not taken for free (S5)", () => {
  const registry = join(temporaryFolder(), "users");
  const users = createCellUsers({ base: 300_000, count: 1, registry });
  mkdirSync(join(registry, "300000"), { recursive: true });

  expect(() => users.sweep()).toThrow("EINVAL");
});

test("where the host is root, a folder is given with all in it, links included and never followed; what is gone frees its number (S5, S6)", () => {
  const folder = temporaryFolder();
  const registry = join(folder, "users");
  const users = createCellUsers({ base: 300_000, count: 1, registry });
  const tree = join(folder, "tree");
  writeFiles(folder, { "host/kept": "kept", "tree/src/a.txt": "a" });
  symlinkSync(join(folder, "host"), join(tree, "away"));

  expect(users.ownerOf(tree, false)).toBeNull();
  if (!isRoot) return expect(() => users.ownerOf(tree, true)).toThrow("EPERM");
  expect(users.ownerOf(tree, true)).toBe(300_000);

  expect(lstatSync(join(tree, "src/a.txt")).uid).toBe(300_000);
  expect(lstatSync(join(tree, "away")).uid).toBe(300_000);
  expect(statSync(join(folder, "host/kept")).uid).toBe(process.getuid?.());
  expect(users.ownerOf(tree, false)).toBe(300_000);
  expect(() => users.borrow()).toThrow("is free");
  mkdirSync(join(folder, "gone"));
  renameSync(tree, join(folder, "gone", "tree"));
  users.sweep();
  expect(readdirSync(registry)).toEqual([]);
});

test("system calls that widen the kernel's face are refused in a cell, and what programs need is not (S5)", async () => {
  const world = cellWorld();
  const calls = {
    keyctl: 250,
    bpf: 321,
    perf_event_open: 298,
    userfaultfd: 323,
    mount: 165,
    unshare: 272,
    io_uring_setup: 425,
    clone3: 435,
  };
  const tries = Object.entries(calls)
    .map(
      ([name, number]) =>
        `$r = syscall(${number}, 0, 0, 0, 0, 0); print "${name} $r ", $! + 0, "\\n";`,
    )
    .join(" ");

  const told = await world.shell(
    `grep ^Seccomp: /proc/self/status; perl -e '${tries}'; node -e 'require("node:child_process").execFileSync("true"); console.log("node runs")'`,
  );

  if (process.arch !== "x64") return expect(told.output).toContain("node runs");
  expect(told.output).toMatch(/Seccomp:\s+2/);
  for (const name of Object.keys(calls))
    expect(told.output).toContain(
      `${name} -1 ${name.startsWith("io_") || name === "clone3" ? 38 : 1}`,
    );
  expect(told.output).toContain("node runs");
});

test("cells that nobody knows are ended; known ones and those of a living process are not (R2, S5)", async () => {
  const world = cellWorld();
  // One is named after a process whose number another has now.
  const names = ["orphan", "known", "run-1-left"];
  const started = names.map((id) =>
    start(world.sandbox.wrap(cellOf(world.worktree, { id }), ["sleep", "600"])),
  );
  const running = world.shell("sleep 0.6; echo still here");
  await Promise.all(started.map(({ began }) => began));

  const ended = await world.sandbox.endOrphans(async () => new Set(["known"]));

  expect([...ended].sort()).toEqual(["orphan", "run-1-left"]);
  expect((await running).output).toBe("still here\n");
  await started[0]?.over;
  await started[2]?.over;
  expect(started[1]?.isRunning()).toBe(true);
  await world.sandbox.end("known");
  await started[1]?.over;
});

test("a worktree is measured from inside, in bytes and in files (S6)", async () => {
  const world = cellWorld();
  await world.sandbox.checkout(world.worktree, world.base);
  await world.shell("mkdir many && cd many && touch $(seq 200) && head -c 3000000 /dev/zero > big");

  const measured = await world.sandbox.measure(world.worktree);

  expect(measured?.bytes).toBeGreaterThan(3_000_000);
  expect(measured?.bytes).toBeLessThan(4_000_000);
  expect(measured?.files).toBeGreaterThan(200);
  expect(await world.sandbox.measure({ ...world.worktree, path: "/no/such/folder" })).toBeNull();
});

const CELL_USERS = join(import.meta.dirname, "../../../src/adapters/sandbox/cell-users.ts");

function start(argv: readonly string[]) {
  const child = spawn(argv[0] ?? "", argv.slice(1), { stdio: "ignore" });
  const over = new Promise<void>((resolve) => child.once("close", () => resolve()));
  const began = new Promise<void>((resolve) => child.once("spawn", () => resolve()));
  return { over, began, isRunning: () => child.exitCode === null && child.signalCode === null };
}
