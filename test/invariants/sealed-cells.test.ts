import { execFileSync, spawn } from "node:child_process";
import { mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { beforeAll, expect, onTestFinished, test } from "vitest";
import {
  type BrokenWorld,
  beforeBreaking,
  beforeBreakingLimitMs,
  openBrokenWorld,
  wrongIn,
} from "./broken-world.ts";

beforeAll(beforeBreaking, beforeBreakingLimitMs);

const secretIsSeen = ["6: a secret stands where it may be read"];

/** A tmux server of this test on the host's socket, with one session. */
function startSession({ runtimeDir }: BrokenWorld, name: string, argv: readonly string[]): void {
  mkdirSync(runtimeDir, { recursive: true });
  const tmux = (...args: readonly string[]) =>
    execFileSync("tmux", ["-S", join(runtimeDir, "tmux.sock"), "-f", "/dev/null", ...args]);
  onTestFinished(() => void tmux("kill-server"));
  tmux("new-session", "-d", "-s", name, "--", ...argv);
}

type Encode = (canary: string) => string;

test.each<[string, Encode]>([
  ["as it is", (canary) => canary],
  ["in base64", (canary) => Buffer.from(`x${canary}y`).toString("base64")],
  ["in hex", (canary) => Buffer.from(canary).toString("hex")],
  ["reversed", (canary) => [...canary].reverse().join("")],
])("a secret in a pane's log is seen %s (T1)", async (_how, encode) => {
  const { world, dataDir, canary } = await openBrokenWorld();

  mkdirSync(join(dataDir, "logs", "panes"), { recursive: true });
  writeFileSync(join(dataDir, "logs", "panes", "worker.log"), `echo ${encode(canary)}\n`);

  expect(await wrongIn(world)).toEqual(secretIsSeen);
});

test("a secret in a log of the product is seen (T1)", async () => {
  const { world, folder, canary } = await openBrokenWorld();

  writeFileSync(join(folder, "web.log"), `{"url":"postgres://${canary}@somewhere"}\n`);

  expect(await wrongIn({ ...world, logDirs: [folder] })).toEqual(secretIsSeen);
});

test("a secret in a process's arguments is seen (T1)", async () => {
  const { world, canary } = await openBrokenWorld();

  const child = spawn(process.execPath, ["-e", "setInterval(() => {}, 1000)", canary]);
  onTestFinished(() => void child.kill("SIGKILL"));

  expect(await wrongIn(world)).toEqual(secretIsSeen);
});

test("a secret in a comment, and in a row, is seen (T1)", async () => {
  const { world, dana, sql, canary } = await openBrokenWorld();

  const where = { owner: "acme", repo: "shop", issue_number: 1 };
  await dana.rest.issues.createComment({ ...where, body: `The key is ${canary}` });
  expect(await wrongIn(world)).toEqual(secretIsSeen);

  await sql("update lives set last_screen = $1 where agent = 'supervisor'", [canary]);
  expect(await wrongIn(world)).toEqual(secretIsSeen);
});

test("a cell with a secret in its environment is seen (T1)", async () => {
  const broken = await openBrokenWorld();

  const bound = join(broken.dataDir, "repos");
  const cell = ["bwrap", "--dev-bind", "/", "/", "--bind", bound, bound, "sleep", "600"];
  const environment = ["env", `KEY=${broken.canary}`, "DATABASE_URL=postgres://somewhere"];
  startSession(broken, "nobody", [...environment, ...cell]);

  const wrong = await wrongIn(broken.world);

  expect(wrong).toContain("6: a process of a cell has a variable that it must not have");
  expect(wrong).toContain(secretIsSeen[0]);
});

test("a session of no life is seen, and a server that still runs (T1)", async () => {
  const broken = await openBrokenWorld();

  startSession(broken, "nobody", ["sleep", "600"]);

  expect(await wrongIn(broken.world)).toEqual([
    "6: something of an agent is left",
    "6: a tmux server still runs",
    "6: a session or socket belongs to no life",
  ]);
});

test("a session that outlived its life is seen (T1)", async () => {
  const broken = await openBrokenWorld();

  const [life] = await broken.sql("select name from lives order by name limit 1");
  await broken.sql("update lives set ended_at = now() - interval '1 hour'");
  startSession(broken, String(life?.["name"]), ["sleep", "600"]);

  const running = { ...broken.world, ended: false, stopped: false };

  expect(await wrongIn(running)).toEqual(["6: a session or socket outlived its life"]);
});

test("a worktree that outlived its agent is seen (T1)", async () => {
  const { world, dataDir, repository } = await openBrokenWorld();

  const home = `${repository.githubId}-acme-shop`;
  mkdirSync(join(dataDir, "repos", home, "worktrees", "epic-1-task-1"), { recursive: true });

  expect(await wrongIn(world)).toEqual([
    "6: something of an agent is left",
    "6: a worktree outlived its agent",
  ]);
});
