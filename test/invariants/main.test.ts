import { execFile } from "node:child_process";
import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { beforeAll, expect, test } from "vitest";
import { temporaryFolder } from "../support/temporary-folder.ts";
import { beforeBreaking, beforeBreakingLimitMs, openBrokenWorld } from "./broken-world.ts";

beforeAll(beforeBreaking, beforeBreakingLimitMs);

const program = fileURLToPath(new URL("../support/invariants/main.ts", import.meta.url));

type Ended = { readonly status: number; readonly last: string; readonly stderr: string };

/** Beside this process, which holds the local GitHub that it asks. */
function run(args: readonly string[]): Promise<Ended> {
  return new Promise((resolve) => {
    execFile(process.execPath, [program, ...args], { timeout: 25_000 }, (error, stdout, stderr) => {
      const status = typeof error?.code === "number" ? error.code : 0;
      resolve({ status, last: stdout.trim().split("\n").at(-1) ?? "", stderr });
    });
  });
}

test("the program says as its last line what is wrong in a world (T1)", async () => {
  const { world, sql, folder } = await openBrokenWorld();
  const file = join(folder, "world.json");
  writeFileSync(file, JSON.stringify(world));

  const sound = await run(["--world", file]);
  await sql("update landings set lease_epoch = 0 where task = 1");
  const broken = await run(["--world", file]);

  expect(sound.status).toBe(0);
  expect(JSON.parse(sound.last)).toMatchObject({ violations: [], checked: expect.any(Number) });
  expect(broken.status).toBe(1);
  expect(JSON.parse(broken.last).violations).toMatchObject([{ invariant: 4 }]);
});

test("a world that cannot be read is no verdict but a line that says why (T1)", async () => {
  const file = join(temporaryFolder(), "world.json");
  writeFileSync(file, '{ "databaseUrl": 7 }');

  expect(await run(["--world", file])).toMatchObject({
    status: 2,
    stderr: expect.stringContaining("databaseUrl"),
  });
  expect(await run([])).toMatchObject({ status: 2, stderr: expect.stringContaining("usage:") });
});
