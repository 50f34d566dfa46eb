import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { mkdirSync, readdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { expect, onTestFinished, test } from "vitest";
import { awaitFact } from "../../../src/lib/await-fact.ts";
import { type DataFolder, takeDataFolder } from "../../../src/local/embedded/data-folder.ts";
import { argumentsOf, identifyProcess } from "../../../src/local/embedded/process-identity.ts";
import { temporaryFolder } from "../../support/temporary-folder.ts";

async function take(folder: string): Promise<DataFolder> {
  const taken = await takeDataFolder(folder);
  if ("refused" in taken) throw new Error(taken.detail);
  return taken;
}

/** A guard at work: it has the folder until it is killed. */
async function startGuard(folder: string): Promise<ChildProcess> {
  const program = join(folder, "embedded", "guard.ts");
  mkdirSync(join(folder, "embedded"));
  writeFileSync(program, "setInterval(() => {}, 1_000);");
  const guard = spawn(process.execPath, [program], { stdio: "ignore" });
  onTestFinished(() => void guard.kill("SIGKILL"));
  const identity = await awaitFact(
    "the guard runs",
    () => (argumentsOf(guard.pid ?? -1).length > 1 ? identifyProcess(guard.pid ?? -1) : null),
    (one) => one !== null,
  );
  writeFileSync(join(folder, "lock"), JSON.stringify(identity));
  return guard;
}

test("who waits for the guard of a killed run hears signals, and takes the folder after it (R9)", async () => {
  const folder = temporaryFolder();
  const guard = await startGuard(folder);
  let heard = 0;
  process.once("SIGUSR2", () => {
    heard += 1;
    guard.kill("SIGKILL");
  });
  process.kill(process.pid, "SIGUSR2");

  const taken = await take(folder);

  expect(heard).toBe(1);
  taken.release();
});

test("a second run on the same data folder is refused with the holder's pid", async () => {
  const folder = join(temporaryFolder(), "data");
  const first = await take(folder);

  const second = await takeDataFolder(folder);

  expect(second).toMatchObject({ refused: "locked" });
  expect("detail" in second && second.detail).toContain(`in use by process ${process.pid}`);

  first.release();
  (await take(folder)).release();
});

test("the lock of a process that died is taken over, and nothing of it stays (R9)", async () => {
  const folder = temporaryFolder();
  const child = spawn("sleep", ["60"]);
  const dead = identifyProcess(child.pid ?? -1);
  child.kill("SIGKILL");
  await once(child, "exit");
  writeFileSync(join(folder, "lock"), JSON.stringify(dead));

  const taken = await take(folder);

  expect(JSON.parse(readFileSync(join(folder, "lock"), "utf8"))).toMatchObject({
    pid: process.pid,
  });
  expect(readdirSync(folder)).toEqual(["lock"]);
  taken.release();
  expect(readdirSync(folder)).toEqual([]);
});

test("a lock whose pid was given to another process since is taken over (R9)", async () => {
  const folder = temporaryFolder();
  writeFileSync(join(folder, "lock"), JSON.stringify({ pid: process.pid, startTicks: 1 }));

  (await take(folder)).release();

  expect(readdirSync(folder)).toEqual([]);
});

test("a lock cut off in the middle of its writing is taken over", async () => {
  const folder = temporaryFolder();
  writeFileSync(join(folder, "lock"), '{"pid":');

  (await take(folder)).release();

  expect(readdirSync(folder)).toEqual([]);
});
