import { spawn } from "node:child_process";
import { once } from "node:events";
import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { text } from "node:stream/consumers";
import { fileURLToPath } from "node:url";
import { expect, test } from "vitest";
import { temporaryFolder } from "../../support/temporary-folder.ts";

const script = fileURLToPath(new URL("../../../src/local/embedded/main.ts", import.meta.url));

function run(dataDir: string, program: string) {
  const { PATH, HOME } = process.env;
  const child = spawn(process.execPath, [script, process.execPath, "-e", program], {
    env: { PATH, HOME, DATA_DIR: dataDir },
  });
  const ended = Promise.all([text(child.stdout), text(child.stderr), once(child, "exit")]);
  return { child, ended };
}

test("a program runs beside the embedded servers, which end with it and with its exit code", async () => {
  const dataDir = temporaryFolder();
  const program = "console.log(process.env.DATABASE_URL, process.env.REDIS_URL); process.exit(3)";

  const [out, err, [code]] = await run(dataDir, program).ended;

  expect(err).toBe("");
  expect(out).toMatch(/^postgres:\/\/factory:.+ \/.+redis\.sock\n$/);
  expect(code).toBe(3);
  expect(readdirSync(join(dataDir, "postgres/cluster"))).not.toContain("postmaster.pid");
  expect(readdirSync(dataDir).sort()).toEqual(["postgres", "redis"]);
});

test("a second program on the same data folder is refused in one line", async () => {
  const dataDir = temporaryFolder();
  const first = run(dataDir, "console.log('up'); setInterval(() => {}, 1000)");
  await once(first.child.stdout, "data");

  const [, err, [code]] = await run(dataDir, "").ended;

  expect(err).toMatch(/^\S+ is in use by process \d+; wait for it, stop it.*\n$/);
  expect(code).toBe(1);
  expect(JSON.parse(readFileSync(join(dataDir, "lock"), "utf8"))).toMatchObject({
    pid: first.child.pid,
  });
  first.child.kill("SIGTERM");
  expect((await first.ended)[2]).toEqual([143, null]);
});
