import { spawn } from "node:child_process";
import { once } from "node:events";
import { existsSync, mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { text } from "node:stream/consumers";
import { expect, onTestFinished, test } from "vitest";
import { awaitFact } from "../../../src/lib/await-fact.ts";
import { endNoted, noteProcess } from "../../../src/local/embedded/noted-processes.ts";
import { identifyProcess } from "../../../src/local/embedded/process-identity.ts";
import { temporaryFolder } from "../../support/temporary-folder.ts";

const moduleUrl = (name: string): string =>
  JSON.stringify(new URL(`../../../src/local/embedded/${name}`, import.meta.url).href);

function startSleeper(): number {
  const child = spawn("sleep", ["60"], { stdio: "ignore" });
  onTestFinished(() => void child.kill("SIGKILL"));
  if (child.pid === undefined) throw new Error("sleep could not be started");
  return child.pid;
}

async function isGone(pid: number): Promise<void> {
  await awaitFact(
    `process ${pid} has ended`,
    () => identifyProcess(pid),
    (is) => is === null,
  );
}

test("what a killed run wrote down is ended by pid and start time, never by a pid alone (R9)", async () => {
  const folder = temporaryFolder();
  const [left, another] = [startSleeper(), startSleeper()];
  noteProcess(folder, "the broker", left);
  noteProcess(folder, "the factory", another);
  const file = join(folder, "processes.json");
  const [broker, factory] = JSON.parse(readFileSync(file, "utf8"));
  const before = { ...factory, startTicks: factory.startTicks - 1 };
  writeFileSync(file, JSON.stringify([broker, before]));

  const ended = await endNoted(folder);

  expect(ended).toEqual(["the broker"]);
  expect(identifyProcess(left)).toBeNull();
  expect(identifyProcess(another)).not.toBeNull();
});

test("a list that is broken ends nobody", async () => {
  const folder = temporaryFolder();
  writeFileSync(join(folder, "processes.json"), `[{"name":"x","pid":${process.pid}`);

  expect(await endNoted(folder)).toEqual([]);
});

/** A run with servers and a service, killed alone as soon as all of it is up. */
async function runAndDie(
  folder: string,
  graceMs: number,
): Promise<Readonly<Record<string, number>>> {
  const program = `
    import { spawn } from "node:child_process";
    const { takeDataFolder } = await import(${moduleUrl("data-folder.ts")});
    const { startGuard } = await import(${moduleUrl("start-guard.ts")});
    const { noteProcess } = await import(${moduleUrl("noted-processes.ts")});
    const { startRedis } = await import(${moduleUrl("redis.ts")});
    const folder = ${JSON.stringify(folder)};
    takeDataFolder(folder);
    startGuard({ dataDir: folder, runtimeDir: folder + "/run", graceMs: ${graceMs} });
    const service = spawn("sleep", ["60"], { stdio: "ignore" });
    noteProcess(folder, "the broker", service.pid);
    const redis = await startRedis({ dataDir: folder + "/redis", socketDir: folder + "/s" });
    process.stdout.write(JSON.stringify({ service: service.pid, redis: redis.pid }) + "\\n");
    setInterval(() => {}, 1000);`;
  const child = spawn(process.execPath, ["--input-type=module", "-e", program], {
    stdio: ["ignore", "pipe", "ignore"],
  });
  const [said] = await once(child.stdout, "data");
  child.kill("SIGKILL");
  await once(child, "exit");
  return JSON.parse(String(said));
}

test("what a run has started ends soon after the run was killed with SIGKILL, its servers too (R9)", async () => {
  const folder = temporaryFolder();
  mkdirSync(join(folder, "run"));

  const { service = 0, redis = 0 } = await runAndDie(folder, 0);

  await isGone(service);
  await isGone(redis);
  await awaitFact(
    "the data folder is free",
    () => existsSync(join(folder, "lock")) || existsSync(join(folder, "processes.json")),
    (isTaken) => !isTaken,
  );
  expect(existsSync(join(folder, "run"))).toBe(false);
});

/** What a guard says whose run closed what it had open and does not end. */
async function guardOf(
  folder: string,
  runtimeDir: string,
  path = process.env.PATH,
  ...kind: readonly string[]
) {
  const run = identifyProcess(startSleeper());
  const program = new URL("../../../src/local/embedded/guard.ts", import.meta.url).pathname;
  const times = ["0", "100"];
  const args = [folder, ...times, String(run?.pid), String(run?.startTicks), runtimeDir, ...kind];
  const child = spawn(process.execPath, [program, ...args], {
    env: { PATH: path },
    stdio: ["ignore", "ignore", "pipe"],
  });
  onTestFinished(() => void child.kill("SIGKILL"));
  const [said, [code]] = await Promise.all([text(child.stderr), once(child, "exit")]);
  return { said, code, run };
}

test("a guard whose run hangs in its end tries once more after a long limit, where it may (R9)", async () => {
  const folder = temporaryFolder();
  noteProcess(folder, "the broker", startSleeper());

  const { said, code } = await guardOf(folder, join(folder, "run"));

  expect(said).toMatch(/hangs in its end.*\n.*is ended: the broker\./);
  expect(code).toBe(0);
});

test("a guard whose run hangs and holds its folder says what stays and how to end it (R9)", async () => {
  const folder = temporaryFolder();
  noteProcess(folder, "the broker", startSleeper());
  writeFileSync(join(folder, "lock"), JSON.stringify(identifyProcess(startSleeper())));

  const { said, code } = await guardOf(folder, join(folder, "run"));

  expect(said).toMatch(/what it started stays.*is in use by process \d+/);
  expect(code).toBe(1);
  expect(await endNoted(folder)).toEqual(["the broker"]);
});

test("without tmux there are no terminals to end, and the rest is ended (R9)", async () => {
  const folder = temporaryFolder();
  mkdirSync(join(folder, "run"));
  noteProcess(folder, "the broker", startSleeper());

  const { said, code } = await guardOf(folder, join(folder, "run"), "");

  expect(said).toContain("is ended: the broker.");
  expect(code).toBe(0);
  expect(existsSync(join(folder, "run"))).toBe(false);
});

test("what does not end keeps the guard from ending nothing else, and is named without a stack (R9)", async () => {
  const folder = temporaryFolder();
  const runtimeDir = join(folder, "run");
  noteProcess(folder, "the broker", startSleeper());
  const tools = join(folder, "tools");
  mkdirSync(tools);
  writeFileSync(join(tools, "tmux"), "#!/bin/sh\necho lost server >&2; exit 1\n", { mode: 0o755 });

  const { said, code } = await guardOf(folder, runtimeDir, tools);

  expect(said).toMatch(/is ended: the broker\.\n.*tmux server could not be ended.*lost server/s);
  expect(said).not.toMatch(/^\s+at /m);
  expect(code).toBe(1);
});

test("a temporary folder goes with its killed run (R9)", async () => {
  const folder = join(temporaryFolder(), "of-a-run");
  mkdirSync(folder);
  noteProcess(folder, "the broker", startSleeper());

  const { said, code } = await guardOf(folder, join(folder, "run"), process.env.PATH, "temporary");

  expect(said).toContain("is ended: the broker.");
  expect(code).toBe(0);
  expect(existsSync(folder)).toBe(false);
});

test("the guard leaves everything to a run that goes on in time, which ends the guard (R9)", async () => {
  const folder = temporaryFolder();

  const { service = 0, redis = 0 } = await runAndDie(folder, 60_000);

  expect(identifyProcess(redis)).not.toBeNull();
  expect(await endNoted(folder)).toEqual(["the guard", "the broker"]);
  expect(identifyProcess(service)).toBeNull();
  process.kill(redis, "SIGTERM");
  await isGone(redis);
});
