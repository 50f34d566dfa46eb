import { spawn } from "node:child_process";
import { once } from "node:events";
import { fileURLToPath } from "node:url";
import { expect, onTestFinished, test } from "vitest";
import { awaitFact } from "../../src/lib/await-fact.ts";
import { identifyProcess } from "../../src/local/embedded/process-identity.ts";

const setUpScript = fileURLToPath(new URL("../../src/local/setup.mjs", import.meta.url));

test("a SIGTERM reaches the program, and set-up ends as the program ends", async () => {
  const program =
    "process.on('SIGTERM', () => process.exit(5)); console.log('up'); setInterval(() => {}, 1000)";
  const child = spawn(process.execPath, [setUpScript, "node", "-e", program]);
  await once(child.stdout, "data");

  child.kill("SIGTERM");

  expect(await once(child, "exit")).toEqual([5, null]);
});

const endless = "console.log(process.pid); setInterval(() => {}, 1000);";
const obedient = `process.on('SIGTERM', () => process.exit(5)); ${endless}`;

/** Set-up below a shell below a program that stands for npm, as npm starts it. */
async function belowNpm(program: string) {
  const shell = 'node "$0" node -e "$1"; exit $?';
  const npm = `
    const { spawn } = require("node:child_process");
    const shell = spawn("sh", ["-c", ...process.argv.slice(1)], { stdio: "inherit" });
    console.log(shell.pid);`;
  const child = spawn(process.execPath, ["-e", npm, shell, setUpScript, program], {
    env: { ...process.env, npm_lifecycle_event: "demo" },
    stdio: ["ignore", "pipe", "inherit"],
  });
  onTestFinished(() => void child.kill("SIGKILL"));
  let said = "";
  child.stdout.on("data", (chunk) => {
    said += chunk;
  });
  await awaitFact(
    "the shell and the program run",
    () => said,
    (lines) => /\d+\n\d+\n/.test(lines),
  );
  const [shellPid = 0, programPid = 0] = said.trim().split("\n").map(Number);
  return { npmPid: child.pid ?? 0, shellPid, programPid };
}

test.each(["npmPid", "shellPid"] as const)(
  "the program ends when npm's part of the way to it is killed: %s (R9)",
  async (which) => {
    const pids = await belowNpm(obedient);

    process.kill(pids[which], "SIGKILL");

    await awaitFact(
      "the program has ended",
      () => identifyProcess(pids.programPid),
      (left) => left === null,
    );
  },
);

test.each(["SIGTERM", "SIGINT", "SIGHUP"] as const)(
  "a program that does not heed a %s is killed at the limit (R9)",
  async (signal) => {
    const deaf = `for (const s of ['SIGTERM', 'SIGINT', 'SIGHUP']) process.on(s, () => {}); ${endless}`;
    const child = spawn(process.execPath, [setUpScript, "node", "-e", deaf], {
      env: { ...process.env, SET_UP_STOP_LIMIT_MS: "300" },
      detached: true,
    });
    await once(child.stdout, "data");

    child.kill(signal);

    expect(await once(child, "exit")).toEqual([137, null]);
  },
);
