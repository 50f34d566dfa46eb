import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { expect, onTestFinished, test } from "vitest";
import {
  argumentsOf,
  identifyProcess,
  isRunning,
  stopProcess,
} from "../../../src/local/embedded/process-identity.ts";
import { makeZombie } from "../../support/zombie.ts";

function start(
  program: string,
  ...args: readonly string[]
): ChildProcess & { readonly pid: number } {
  const child = spawn(program, args, { stdio: ["ignore", "pipe", "ignore"] });
  onTestFinished(() => {
    child.kill("SIGKILL");
  });
  if (child.pid === undefined) throw new Error(`${program} did not start`);
  return Object.assign(child, { pid: child.pid });
}

test("a zombie that nobody buries counts as gone, as in a container without an init (R9)", async () => {
  const pid = await makeZombie();

  expect(identifyProcess(pid)).toBeNull();
  expect(() => process.kill(pid, 0)).not.toThrow();
});

test("a pid that another process has by now is never signalled (R9)", async () => {
  const bystander = start("sleep", "60");

  await stopProcess({ pid: bystander.pid, startTicks: 1 });

  expect(identifyProcess(bystander.pid)).not.toBeNull();
});

test("a process that ignores the first signal gets the next one", async () => {
  const stubborn = start("sh", "-c", 'trap "" TERM; echo up; while :; do sleep 1; done');
  await once(stubborn.stdout ?? stubborn, "data");
  const identity = identifyProcess(stubborn.pid) ?? { pid: -1, startTicks: -1 };

  await stopProcess(identity, [
    { signal: "SIGTERM", waitMs: 100 },
    { signal: "SIGKILL", waitMs: 5_000 },
  ]);

  expect(isRunning(identity)).toBe(false);
});

test("a process that outlives every signal asked for is an error that names them", async () => {
  const stubborn = start("sh", "-c", 'trap "" TERM; echo up; while :; do sleep 1; done');
  await once(stubborn.stdout ?? stubborn, "data");
  const identity = identifyProcess(stubborn.pid) ?? { pid: -1, startTicks: -1 };

  await expect(stopProcess(identity, [{ signal: "SIGTERM", waitMs: 50 }])).rejects.toThrow(
    `process ${stubborn.pid} still runs after SIGTERM`,
  );
});

test("a process shows its arguments, and one that is gone shows none", () => {
  const child = start("sleep", "60");

  expect(argumentsOf(child.pid)).toEqual(["sleep", "60"]);
  expect(argumentsOf(2 ** 22 + 1)).toEqual([]);
});
