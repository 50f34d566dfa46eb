import { execFileSync, spawnSync } from "node:child_process";
import { generateKeyPairSync } from "node:crypto";
import { symlinkSync } from "node:fs";
import { createServer } from "node:http";
import { dirname, join } from "node:path";
import { expect, test } from "vitest";
import type { Finding } from "../../src/doctor/finding.ts";
import { examine } from "../../src/doctor/index.ts";
import { judge } from "../../src/doctor/machine.ts";
import { checkNode } from "../../src/doctor/programs.ts";
import { createDatabase, createRedis } from "../support/servers.ts";
import { temporaryFolder } from "../support/temporary-folder.ts";

const program = join(import.meta.dirname, "../../src/doctor.ts");

test("a machine with all it takes is well, and each thing is told with its version (O5, S5)", async () => {
  const provider = createServer((_, response) => response.writeHead(404).end());
  await new Promise<void>((resolve) => provider.listen(0, "127.0.0.1", resolve));
  const address = provider.address();
  const port = typeof address === "object" && address !== null ? address.port : 0;
  const { privateKey } = generateKeyPairSync("rsa", { modulusLength: 2048 });

  const findings = await examine({
    DATABASE_URL: await createDatabase(),
    REDIS_URL: await createRedis(),
    APP_ID: "1",
    PRIVATE_KEY: privateKey.export({ type: "pkcs8", format: "pem" }).toString(),
    WEBHOOK_SECRET: "s",
    GHE_HOST: `127.0.0.1:${port}`,
    GHE_PROTOCOL: "http",
    ANTHROPIC_API_KEY: "k",
    ANTHROPIC_BASE_URL: `http://127.0.0.1:${port}`,
    PORT: "0",
  });

  provider.close();
  expect(findings.filter(({ state }) => state === "error")).toEqual([]);
  expect(say(findings, "git")).toMatch(/^\d+\.\d+/);
  expect(say(findings, "cells")).toMatch(/^level [ABC]/);
  expect(say(findings, "database")).toBe("PostgreSQL answers");
  expect(say(findings, "redis")).toBe("Redis answers");
  expect(say(findings, "github")).toContain("answers (404)");
  expect(say(findings, "model")).toContain("answers (404)");
});

test("what cannot be reached or is no key is an error, each with what to do (O5)", async () => {
  const findings = await examine({
    DATABASE_URL: "postgres://nobody@127.0.0.1:9/none",
    REDIS_URL: "redis://127.0.0.1:9",
    APP_ID: "1",
    PRIVATE_KEY: "no key",
    WEBHOOK_SECRET: "s",
    GHE_HOST: "127.0.0.1:9",
    GHE_PROTOCOL: "http",
    ANTHROPIC_API_KEY: "k",
    ANTHROPIC_BASE_URL: "http://127.0.0.1:9",
    PORT: "0",
    CELL_UID_COUNT: "0",
    MIN_CELL_LEVEL: "A",
  });

  const errors = findings.filter(({ state }) => state === "error");
  const names = errors.map(({ name }) => name);
  expect(names).toEqual(["settings", "cells", "database", "redis", "github", "model"]);
  for (const { mend } of errors) expect(mend).toMatch(/\w/);
  expect(say(findings, "cells")).toContain("MIN_CELL_LEVEL asks for A");
});

test("settings that are wrong are told one by one, and the rest is looked at all the same (O5)", async () => {
  const findings = await examine({ PORT: "many", TICK_MS: "-1" });

  const wrong = findings.filter(({ name }) => name === "settings").map(({ says }) => says);
  expect(wrong.join("\n")).toMatch(/PORT: [\s\S]*TICK_MS: /);
  expect(say(findings, "memory")).toContain("GiB");
});

test("what hangs on a setting that is wrong is not judged, and the rest is by what is set (O5)", async () => {
  const findings = await examine({
    DATABASE_URL: "postgres://nobody@127.0.0.1:9/none",
    PORT: "many",
    APP_ID: "1",
  });

  expect(say(findings, "address")).toBe("not looked at: PORT is wrong");
  expect(say(findings, "database")).not.toContain("not set");
  const settings = findings.filter(({ name }) => name === "settings");
  expect(settings.map(({ state }) => state)).not.toContain("ok");
});

test("a missing program is an error that names the package, and the exit code says so (O5)", () => {
  const folder = temporaryFolder();
  const git = execFileSync("/bin/sh", ["-c", "command -v git"], { encoding: "utf8" }).trim();
  symlinkSync(git, join(folder, "git"));

  const { status, stdout } = spawnSync(process.execPath, [program, "--json"], {
    encoding: "utf8",
    env: { PATH: folder, HOME: dirname(folder) },
  });

  const told: { isWell: boolean; findings: Finding[] } = JSON.parse(stdout);
  expect(status).toBe(1);
  expect(told.isWell).toBe(false);
  expect(told.findings).toContainEqual({
    name: "tmux",
    state: "error",
    says: "is not installed",
    mend: "apt-get install tmux.",
  });
});

test("bubblewrap is looked at where cells are made with it, not on PATH (O5, S5)", async () => {
  const findings = await examine({ BUBBLEWRAP_PATH: "/bin/false", PORT: "0" });

  expect(findings).toContainEqual(
    expect.objectContaining({ name: "bubblewrap", state: "error", says: "is not installed" }),
  );
  expect(say(findings, "cells")).toMatch(/^level none/);
});

test("what start would refuse is an error of the doctor's too, what is doubtful a warning (O5)", async () => {
  const folder = temporaryFolder();
  const findings = await examine({
    ...{ WORKER_MODEL: "opuss", TASK_BUDGET_USD: "60", HOST: "192.0.2.1", PORT: "0" },
    ...{ BROKER_SOCKET: join(folder, "control.sock") },
  });
  const told = findings.map(({ name, state, says }) => `${state} ${name} ${says}`);

  expect(told).toContainEqual(expect.stringMatching(/^error settings WORKER_MODEL: "opuss"/));
  expect(told).toContainEqual(expect.stringMatching(/^warning settings TASK_BUDGET_USD: 60/));
  expect(told).toContainEqual(expect.stringMatching(/^error address HOST: 192\.0\.2\.1/));
  expect(told).toContain("warning broker nothing answers at BROKER_SOCKET");
});

test("little room is a warning, too little an error; an old Node.js is one (O5)", () => {
  const bounds = { least: 10, good: 100, says: (size: string) => size, mend: "More." };

  expect(judge("disk", 5, bounds).state).toBe("error");
  expect(judge("disk", 50, bounds).state).toBe("warning");
  expect(judge("disk", 500, bounds).state).toBe("ok");
  expect(checkNode("22.1.0")).toMatchObject({ state: "error", says: "22.1.0 is too old" });
});

function say(findings: readonly Finding[], name: string): string {
  return findings.find((one) => one.name === name)?.says ?? "";
}
