import { spawn } from "node:child_process";
import { once } from "node:events";
import { mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { expect, test } from "vitest";
import { locked } from "../../src/adapters/sandbox/dependencies/set-lock.ts";
import { isLocked } from "../../src/adapters/sandbox/kernel-lock.ts";
import { temporaryFolder } from "../support/temporary-folder.ts";

const KEY = "abc1";
const LOCK = join(import.meta.dirname, "../../src/adapters/sandbox/dependencies/set-lock.ts");

test.each([
  ["says the number of this very process", String(process.pid)],
  ["says nothing", ""],
])(
  "a lock that an earlier process left is taken at once, also when it %s (Q3b, R9)",
  async (_, text) => {
    const root = temporaryFolder();
    mkdirSync(join(root, "locks"));
    writeFileSync(join(root, "locks", KEY), text);

    expect(isLocked(join(root, "locks", KEY))).toBe(false);
    expect(await locked({ root, limitMs: 2_000 }, KEY, () => Promise.resolve("done"))).toBe("done");
  },
);

test("of all who find a dead process's lock at once, one works at a time (Q3b, R9)", async () => {
  const root = temporaryFolder();
  mkdirSync(join(root, "locks"));
  writeFileSync(join(root, "locks", KEY), "999999999");
  let working = 0;
  let most = 0;
  const work = async (): Promise<void> => {
    working += 1;
    most = Math.max(most, working);
    await new Promise((resolve) => setImmediate(resolve));
    working -= 1;
  };

  await Promise.all(Array.from({ length: 6 }, () => locked({ root, limitMs: 10_000 }, KEY, work)));

  expect(most).toBe(1);
  expect(isLocked(join(root, "locks", KEY))).toBe(false);
});

test("another process's lock holds until its limit, and ends with that process (Q3b, R9)", async () => {
  const root = temporaryFolder();
  const code = `const { locked } = await import(process.argv[1]);
    await locked({ root: process.argv[2], limitMs: 1000 }, "${KEY}", async () => {
      console.log("held");
      await new Promise(() => setInterval(() => {}, 1000));
    });`;
  const argv = ["--input-type=module", "-e", code, LOCK, root];
  const other = spawn(process.execPath, argv, { stdio: ["ignore", "pipe", "inherit"] });
  await once(other.stdout, "data");

  expect(isLocked(join(root, "locks", KEY))).toBe(true);
  await expect(locked({ root, limitMs: 200 }, KEY, () => Promise.resolve())).rejects.toThrow(
    /another process .* abc1 .* 200 ms/,
  );
  other.kill("SIGKILL");
  expect(await locked({ root, limitMs: 5_000 }, KEY, () => Promise.resolve("done"))).toBe("done");
});

test("where nobody can tell whether a lock is held, it does not count as free (Q3b, R9)", () => {
  const folder = temporaryFolder();
  const [file, program] = [join(folder, "lock"), join(folder, "flock")];
  writeFileSync(file, "");
  writeFileSync(program, "#!/bin/sh\nexit 66\n", { mode: 0o700 });

  expect(() => isLocked(file, program)).toThrow(/lock lock cannot be looked at: flock .* 66/);
  expect(() => isLocked(file, join(folder, "none"))).toThrow(/none cannot be run/);
});
