import { mkdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { expect, onTestFinished, test } from "vitest";
import { type Child, type ChildOptions, startChild } from "../../../src/local/embedded/child.ts";
import { identifyProcess } from "../../../src/local/embedded/process-identity.ts";
import { temporaryFolder } from "../../support/temporary-folder.ts";

function optionsFor(program: string): ChildOptions {
  const folder = temporaryFolder();
  mkdirSync(folder, { recursive: true });
  return {
    name: "the echo service",
    program: process.execPath,
    args: ["-e", program],
    env: { GREETING: "hello" },
    cwd: folder,
    logFile: join(folder, "log"),
    ready: /ready on (\S+)/,
  };
}

async function start(program: string): Promise<Child> {
  const child = await startChild(optionsFor(program));
  onTestFinished(() => child.stop());
  return child;
}

test("a service is handed over once it says that it is ready, with what it said", async () => {
  const child = await start("console.log('ready on /tmp/x.sock'); setInterval(() => {}, 1000)");

  expect(child.ready[1]).toBe("/tmp/x.sock");
  expect(identifyProcess(child.pid)).not.toBeNull();
});

test("a service gets the environment it was given and nothing else (S5)", async () => {
  const child = await start(
    "console.log('ready on ' + Object.keys(process.env)); setInterval(() => {}, 1000)",
  );

  expect(child.ready[1]).toBe("GREETING");
});

test("a service that ends before it is ready is an error with its name and last lines", async () => {
  const options = optionsFor("console.error('port 80 is taken'); process.exit(3)");

  await expect(startChild(options)).rejects.toThrow(
    "the echo service ended with exit code 3 before it was ready:\nport 80 is taken",
  );
});

test("a service that stays silent is stopped at the limit", async () => {
  const options = optionsFor("console.log(process.pid); setInterval(() => {}, 1000)");

  await expect(startChild({ ...options, readyLimitMs: 500 })).rejects.toThrow(
    "the echo service was not ready in 500 ms",
  );

  expect(identifyProcess(Number(readFileSync(options.logFile, "utf8")))).toBeNull();
});

test("a service that ignores SIGTERM is killed after the limit", async () => {
  const child = await start(
    "process.on('SIGTERM', () => {}); console.log('ready on x'); setInterval(() => {}, 1000)",
  );

  await child.stop(100);

  expect(await child.ended).toEqual({ code: null, signal: "SIGKILL" });
});

test("a program that does not exist is an error with its name", async () => {
  const options = { ...optionsFor(""), program: "/nonexistent/echo" };

  await expect(startChild(options)).rejects.toThrow("the echo service could not be started");
});
