import { mkdirSync, readdirSync, readFileSync, statSync, utimesSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { expect, test } from "vitest";
import { bundleHarness } from "../../../src/adapters/harness/bundle-harness.ts";
import { temporaryFolder } from "../../support/temporary-folder.ts";
import { cellWorld } from "../sandbox/cell-world.ts";

test("a cell runs the harness without packages, from what was compiled before (A1, S5)", async () => {
  const harness = await bundleHarness(temporaryFolder());
  const world = cellWorld({}, {}, harness);
  const start = "/opt/factory/bin/node /opt/factory/harness/main.js --broker-dir /nowhere";

  const { output } = await world.shell(
    `ls /opt/factory; NODE_DEBUG_NATIVE=COMPILE_CACHE ${start} 2>&1 | grep -c ' was accepted'`,
  );

  const [accepted, ...folders] = output.trim().split("\n").reverse();
  expect(folders.reverse()).toEqual(["bin", "cell", "harness", "package.json", "src"]);
  expect(Number(accepted), output).toBeGreaterThan(5);
});

test("a bundle is made once for each version, and the three used last are kept (A1, D2)", async () => {
  const dataDir = temporaryFolder();
  const bundles = join(dataDir, "harness");
  const [oldest, older, old] = ["1", "2", "3"].map((digit) => digit.repeat(16));
  for (const [age, name = ""] of ["somebody's", oldest, older, old].entries()) {
    mkdirSync(join(bundles, name), { recursive: true });
    utimesSync(join(bundles, name), age + 1, age + 1);
  }

  const first = await bundleHarness(dataDir);
  writeFileSync(join(first, "seen"), "yes");
  const again = await bundleHarness(dataDir);

  expect(again).toBe(first);
  expect(readFileSync(join(again, "seen"), "utf8")).toBe("yes");
  expect(statSync(join(again, "main.js")).mode & 0o044).toBe(0o044);
  const kept = ["somebody's", older, old, again.split("/").at(-1)];
  expect(readdirSync(bundles).sort()).toEqual(kept.sort());
});
