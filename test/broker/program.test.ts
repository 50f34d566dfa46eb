import { spawnSync } from "node:child_process";
import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { expect, test } from "vitest";
import { temporaryFolder } from "../support/temporary-folder.ts";
import { startBrokerProgram } from "./broker-program.ts";

const PROGRAM = join(import.meta.dirname, "../../src/broker/main.ts");

test.each([
  [[], "usage: broker --dir DIR --upstream URL", 2],
  [["--dir", "/tmp/x"], "usage: broker", 2],
  [["--dir", "/tmp/x", "--upstream", "not a url"], "--upstream is no URL", 2],
  [["--dir", "/tmp/x", "--upstream", "ftp://x"], "--upstream must start with http", 2],
  [["--dir", "/tmp/x", "--upstream", "http://x", "--port", "1"], "--port", 2],
  [["--dir", "/dev/null/x", "--upstream", "http://x"], "/dev/null/x", 1],
  [
    ["--dir", "/tmp/x", "--upstream", "http://x", "--secret-file", "/nowhere"],
    "open '/nowhere'",
    1,
  ],
])("a broker started with %j says what is wrong and exits (O1)", (args, complaint, code) => {
  const { status, stderr, stdout } = spawnSync(process.execPath, [PROGRAM, ...args], {
    encoding: "utf8",
    timeout: 10_000,
  });

  expect(status).toBe(code);
  expect(stderr).toContain(complaint);
  expect(stdout).toBe("");
});

test("an empty proof is refused, and a second broker in the same folder, too (O1)", async () => {
  const folder = temporaryFolder();
  const dir = join(folder, "b");
  writeFileSync(join(folder, "proof"), "\n");
  const first = await startBrokerProgram(dir, "http://127.0.0.1:9");
  const start = (more: readonly string[]) =>
    spawnSync(process.execPath, [PROGRAM, "--dir", dir, "--upstream", "http://x", ...more], {
      encoding: "utf8",
      timeout: 10_000,
    });

  const empty = start(["--secret-file", join(folder, "proof")]);
  const second = start([]);

  expect(empty).toMatchObject({ status: 1, stderr: expect.stringContaining("is empty") });
  expect(second).toMatchObject({
    status: 1,
    stderr: expect.stringContaining("another broker listens on"),
  });
  expect(await first.stop()).toBe(0);
});
