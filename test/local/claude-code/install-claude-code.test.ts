import { chmodSync, mkdirSync, readdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { afterEach, expect, test, vi } from "vitest";
import {
  installClaudeCode,
  NotInstallable,
} from "../../../src/local/claude-code/install-claude-code.ts";
import { temporaryFolder } from "../../support/temporary-folder.ts";

afterEach(() => {
  vi.unstubAllEnvs();
});

/** An npm that does this. */
function npmThat(script: string): void {
  const bin = temporaryFolder();
  writeFileSync(join(bin, "npm"), `#!/bin/sh\n${script}\n`);
  chmodSync(join(bin, "npm"), 0o755);
  vi.stubEnv("PATH", `${bin}:${process.env["PATH"]}`);
}

const package_ = "node_modules/@anthropic-ai/claude-code-linux-x64";

test("what npm installs is kept, said once, and its scripts do not run (A2)", async () => {
  npmThat(`
    case "$*" in *--ignore-scripts*) ;; *) exit 1 ;; esac
    grep -q '"@anthropic-ai/claude-code": "2.1.330"' package.json && test -f package-lock.json || exit 1
    mkdir -p ${package_} && echo > ${package_}/claude`);
  const folder = temporaryFolder();
  const said: string[] = [];

  const first = await installClaudeCode(folder, (line) => said.push(line));
  const second = await installClaudeCode(folder, (line) => said.push(line));

  expect(first).toBe(join(folder, "claude-code-2.1.330", package_, "claude"));
  expect(second).toBe(first);
  expect(said).toHaveLength(1);
});

test("where npm cannot have it, that is said, with what to do instead, and nothing half is left (A2)", async () => {
  npmThat(
    'echo "npm error code ECONNREFUSED" >&2; echo "npm error     at x.js:1" >&2; mkdir node_modules; exit 1',
  );
  const folder = temporaryFolder();

  const failed = installClaudeCode(folder, () => {});

  await expect(failed).rejects.toBeInstanceOf(NotInstallable);
  await expect(failed).rejects.toThrow(
    /from npm: code ECONNREFUSED\. Name its program in CLAUDE_CODE_PATH/,
  );
  expect(readdirSync(folder)).toEqual([]);
});

test("a platform that npm has no program for is told as such (A2)", async () => {
  const folder = temporaryFolder();
  mkdirSync(join(folder, "claude-code-2.1.330"));

  await expect(installClaudeCode(folder, () => {})).rejects.toThrow("npm has no Claude Code for");
});
