import { spawn } from "node:child_process";
import { once } from "node:events";
import { mkdirSync, readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { text } from "node:stream/consumers";
import { expect, onTestFinished, test } from "vitest";
import { awaitFact } from "../../src/lib/await-fact.ts";
import { clearAway, leftSince } from "../support/leftovers.ts";
import { temporaryFolder } from "../support/temporary-folder.ts";

const limitMs = 60_000;

test("a scenario that is interrupted says so in one line, ends what it started and leaves no folder (R9)", {
  timeout: 2 * limitMs,
}, async () => {
  const TMPDIR = join(temporaryFolder(), "tmp");
  mkdirSync(TMPDIR, { mode: 0o711 });
  const child = spawn(process.execPath, ["test/scenarios/main.ts", "agents"], {
    cwd: join(import.meta.dirname, "../.."),
    env: { ...process.env, TMPDIR },
    stdio: ["ignore", "pipe", "pipe"],
  });
  onTestFinished(() => void child.kill("SIGKILL"));
  const said = Promise.all([text(child.stdout), text(child.stderr)]);
  const data = await awaitFact(
    "the scenario has started a service",
    () => {
      const [name = ""] = readdirSync(TMPDIR);
      const list = readFileSync(join(TMPDIR, name, "processes.json"), "utf8");
      return list.includes("the local GitHub") ? join(TMPDIR, name) : "";
    },
    (folder) => folder !== "",
    { limitMs },
  );
  onTestFinished(() => clearAway(data));

  child.kill("SIGINT");

  expect(await once(child, "exit")).toEqual([130, null]);
  expect((await said)[1]).toBe("Interrupted: everything that was started is stopped.\n");
  expect(readdirSync(TMPDIR)).toEqual([]);
  expect(await leftSince([], data)).toEqual([]);
});
