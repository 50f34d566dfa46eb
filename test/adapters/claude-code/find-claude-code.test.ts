import { chmodSync, mkdirSync, symlinkSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { expect, test } from "vitest";
import {
  claudeCodeVersion,
  findClaudeCode,
} from "../../../src/adapters/claude-code/find-claude-code.ts";
import { temporaryFolder } from "../../support/temporary-folder.ts";

function programIn(folder: string, name = "claude"): string {
  mkdirSync(folder, { recursive: true });
  const program = join(folder, name);
  writeFileSync(program, '#!/bin/sh\necho "2.1.330 (Claude Code)"\n');
  chmodSync(program, 0o755);
  return program;
}

test("what the operator named is taken, then the product's own, then PATH; links are followed (A2)", () => {
  const folder = temporaryFolder();
  const [named, own, onPath] = ["named", "own", "path"].map((name) => join(folder, name));
  const real = programIn(join(folder, "real"), "claude-2.1.330");
  const where = { configured: undefined, toolsDir: own ?? "", path: `/nowhere:${onPath}` };

  expect(findClaudeCode(where)).toBeNull();
  mkdirSync(onPath ?? "");
  symlinkSync(real, join(onPath ?? "", "claude"));
  expect(findClaudeCode(where)).toBe(real);
  const ofProduct = programIn(own ?? "");
  expect(findClaudeCode(where)).toBe(ofProduct);
  const configured = programIn(named ?? "", "any-name");
  expect(findClaudeCode({ ...where, configured })).toBe(configured);
  expect(findClaudeCode({ ...where, configured: "/nowhere/claude" })).toBeNull();
});

test("its version is what it says it is (A2)", async () => {
  expect(await claudeCodeVersion(programIn(temporaryFolder()))).toBe("2.1.330");
  expect(await claudeCodeVersion("/bin/true")).toBeNull();
  expect(await claudeCodeVersion("/nowhere/claude")).toBeNull();
});
