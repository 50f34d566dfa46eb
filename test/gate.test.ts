import { spawnSync } from "node:child_process";
import { mkdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { expect, test } from "vitest";
import { REPOSITORY } from "./support/sources.ts";
import { temporaryFolder } from "./support/temporary-folder.ts";

function runGate(...args: readonly string[]) {
  const TMPDIR = join(temporaryFolder(), "tmp");
  mkdirSync(TMPDIR);
  const totals = join(TMPDIR, "totals");
  const PATH = [join(REPOSITORY, "node_modules/.bin"), process.env.PATH].join(":");
  const { status, stdout } = spawnSync("node", ["test/gate.ts", ...args], {
    cwd: REPOSITORY,
    env: { PATH, TMPDIR, FF_TOTALS_FILE: totals },
    encoding: "utf8",
    timeout: 60_000,
  });
  return { code: status, out: stdout, totals: readFileSync(totals, "utf8") };
}

test("a requirement's proof runs alone, and its numbers are printed (D3)", () => {
  const { code, out, totals } = runGate("test/lib/secret.test.ts", "-t", "S11");

  expect(out).toMatch(/\ntests 1 · responses validated \d+ · webhooks validated \d+\n$/);
  expect(totals).toBe("1 0\n");
  expect(code).toBe(0);
});

test("a name that no test has is a failure, not a success without tests (D3)", () => {
  const { code, out } = runGate("test/lib/secret.test.ts", "-t", "no such name");

  expect(out).toContain("\nno test matched: test/lib/secret.test.ts -t no such name\n");
  expect(code).toBe(1);
});
