import { spawnSync } from "node:child_process";
import { chmodSync, cpSync, mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { expect, test } from "vitest";
import { REPOSITORY } from "./support/sources.ts";
import { temporaryFolder } from "./support/temporary-folder.ts";

// Stands for npm: `tests` is what the gate does, `demo` what the demo does, both in shell.
function runCi(
  tests: string,
  demo: string,
): { readonly code: number | null; readonly last: string } {
  const checkout = temporaryFolder();
  mkdirSync(join(checkout, "bin"));
  cpSync(join(REPOSITORY, ".ci"), join(checkout, ".ci"), { recursive: true });
  const npm = join(checkout, "bin/npm");
  writeFileSync(npm, `#!/bin/sh\ncase "$1" in test) ${tests};; *) ${demo};; esac\n`);
  chmodSync(npm, 0o755);
  const PATH = [join(checkout, "bin"), process.env.PATH].join(":");
  const { status, stdout } = spawnSync(join(checkout, ".ci/run"), {
    env: { PATH },
    encoding: "utf8",
  });
  return { code: status, last: stdout.trimEnd().split("\n").at(-1) ?? "" };
}

const green = 'echo "12 0" >"$FF_TOTALS_FILE"';

test("CI ends with the numbers of tests that passed and failed (D3)", () => {
  expect(runCi(green, "echo '{}'")).toEqual({ code: 0, last: "12 passed, 0 failed" });
  expect(runCi('echo "10 2" >"$FF_TOTALS_FILE"; exit 1', "exit 0")).toEqual({
    code: 1,
    last: "10 passed, 2 failed",
  });
});

test("what fails without being a test counts as one failure (D3)", () => {
  expect(runCi("exit 3", "exit 0")).toEqual({ code: 3, last: "0 passed, 1 failed" });
  expect(runCi(green, "exit 4")).toEqual({ code: 4, last: "12 passed, 1 failed" });
});

test("a gate that says it passed without having run a test is a failure (D3)", () => {
  expect(runCi("exit 0", "exit 0")).toEqual({ code: 1, last: "0 passed, 1 failed" });
});
