import { spawn } from "node:child_process";
import { once } from "node:events";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect, onTestFinished, test } from "vitest";
import { start, worker } from "./start.ts";

const program = join(import.meta.dirname, "../../../src/local/model/main.ts");
const example = join(import.meta.dirname, "../../../src/local/model/example.yml");

function run(args: readonly string[], env: Readonly<Record<string, string>> = {}) {
  const child = spawn(process.execPath, [program, ...args], {
    env: { PATH: process.env.PATH ?? "", ...env },
  });
  onTestFinished(() => void child.kill("SIGKILL"));
  const output = { out: "", err: "" };
  child.stdout.on("data", (chunk) => {
    output.out += String(chunk);
  });
  child.stderr.on("data", (chunk) => {
    output.err += String(chunk);
  });
  return { child, output, exit: once(child, "close").then(([code]: unknown[]) => code) };
}

test("it prints where it listens, serves, and ends on SIGTERM", async () => {
  const { child, output, exit } = run(["--script", example], { SCRIPTED_MODEL_KEY: "right" });
  await expect.poll(() => output.out, { timeout: 10_000 }).toContain("# control:");
  const [, url] = /^ANTHROPIC_BASE_URL=(.+)$/m.exec(output.out) ?? [];
  const status = async (key: string): Promise<number> =>
    (await fetch(`${url}/v1/models`, { headers: { "x-api-key": key } })).status;
  expect([await status("right"), await status("wrong")]).toEqual([200, 401]);
  expect(output.out).not.toContain("right");
  child.kill("SIGTERM");
  expect(await exit).toBe(0);
  expect(output.err).toBe("");
});

test("a mistake is one clear line, with exit 2 for the command line's and 1 for others", async () => {
  const folder = mkdtempSync(join(tmpdir(), "scripted-model-test-"));
  onTestFinished(() => rmSync(folder, { recursive: true }));
  const bad = join(folder, "script.yml");
  writeFileSync(bad, "roles:\n  worker:\n    turns:\n      - calls:\n          - tool: 7\n");
  const taken = new URL((await start({ script: worker([{ text: "x" }]) })).url).port;
  const mistakes = [
    [
      ["--script", bad],
      `${bad}:5: roles.worker.turns[0].calls[0].tool: expected string, received number`,
      1,
    ],
    [
      ["--script", example, "--port", taken],
      `port ${taken} on 127.0.0.1 is taken: choose another with --port`,
      1,
    ],
    [
      ["--script", example, "--port", "x"],
      "--port x: must be a number from 0 to 65535; see --help",
      2,
    ],
    [[], "--script FILE is missing; see --help", 2],
  ] as const;
  for (const [args, line, code] of mistakes) {
    const { output, exit } = run(args);
    expect(await exit).toBe(code);
    expect(output).toEqual({ out: "", err: `${line}\n` });
  }
});

test("help says how to use it", async () => {
  const { output, exit } = run(["--help"]);
  expect(await exit).toBe(0);
  expect(output.out).toContain("npm run local:model -- --script FILE");
});
