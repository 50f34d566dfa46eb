import { spawn } from "node:child_process";
import { once } from "node:events";
import { readdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { expect, test } from "vitest";
import { type DataFolder, takeDataFolder } from "../../../src/local/embedded/data-folder.ts";
import { identifyProcess } from "../../../src/local/embedded/process-identity.ts";
import { temporaryFolder } from "../../support/temporary-folder.ts";

function take(folder: string): DataFolder {
  const taken = takeDataFolder(folder);
  if ("refused" in taken) throw new Error(taken.detail);
  return taken;
}

test("a second run on the same data folder is refused with the holder's pid", () => {
  const folder = join(temporaryFolder(), "data");
  const first = take(folder);

  const second = takeDataFolder(folder);

  expect(second).toMatchObject({ refused: "locked" });
  expect("detail" in second && second.detail).toContain(`in use by process ${process.pid}`);

  first.release();
  take(folder).release();
});

test("the lock of a process that died is taken over, and nothing of it stays (R9)", async () => {
  const folder = temporaryFolder();
  const child = spawn("sleep", ["60"]);
  const dead = identifyProcess(child.pid ?? -1);
  child.kill("SIGKILL");
  await once(child, "exit");
  writeFileSync(join(folder, "lock"), JSON.stringify(dead));

  const taken = take(folder);

  expect(JSON.parse(readFileSync(join(folder, "lock"), "utf8"))).toMatchObject({
    pid: process.pid,
  });
  expect(readdirSync(folder)).toEqual(["lock"]);
  taken.release();
  expect(readdirSync(folder)).toEqual([]);
});

test("a lock whose pid was given to another process since is taken over (R9)", () => {
  const folder = temporaryFolder();
  writeFileSync(join(folder, "lock"), JSON.stringify({ pid: process.pid, startTicks: 1 }));

  take(folder).release();

  expect(readdirSync(folder)).toEqual([]);
});

test("a lock cut off in the middle of its writing is taken over", () => {
  const folder = temporaryFolder();
  writeFileSync(join(folder, "lock"), '{"pid":');

  take(folder).release();

  expect(readdirSync(folder)).toEqual([]);
});
