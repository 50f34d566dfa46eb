import { chmodSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { expect, test } from "vitest";
import { describeHarnesses, withVersions } from "../../../src/local/demo/harness-versions.ts";
import { temporaryFolder } from "../../support/temporary-folder.ts";

function program(says: string): string {
  const file = join(temporaryFolder(), "claude");
  writeFileSync(file, `#!/bin/sh\necho '${says}'\n`);
  chmodSync(file, 0o755);
  return file;
}

test("a demo names what its agents lived in, by the version that the program itself tells (A2, D1)", async () => {
  const claude = program("2.1.330 (Claude Code)");
  const own = JSON.parse(readFileSync(join(import.meta.dirname, "../../../package.json"), "utf8"));

  const lived = await withVersions(
    [
      { harness: "claude-code", agents: 4 },
      { harness: "runner", agents: 1 },
    ],
    claude,
  );

  expect(lived).toEqual([
    { harness: "claude-code", version: "2.1.330", agents: 4 },
    { harness: "runner", version: own.version, agents: 1 },
  ]);
  expect(describeHarnesses(lived)).toBe(
    `Agents: 4 in Claude Code 2.1.330, 1 in the built-in runner ${own.version}.`,
  );
});

test("a program that tells no version is not given one", async () => {
  const lived = await withVersions([{ harness: "claude-code", agents: 1 }], program("hello"));

  expect(describeHarnesses(lived)).toBe("Agents: 1 in Claude Code of an unknown version.");
  expect(describeHarnesses([])).toBe("No agent was started.");
});
