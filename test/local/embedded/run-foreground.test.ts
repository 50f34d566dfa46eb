import { spawn } from "node:child_process";
import { once } from "node:events";
import { text } from "node:stream/consumers";
import { expect, onTestFinished, test } from "vitest";

const url = new URL("../../../src/local/embedded/run-foreground.ts", import.meta.url).href;

function outer(inner: string, limitMs: number | null = null) {
  const program = `
    const { runForeground } = await import(${JSON.stringify(url)});
    const what = { program: process.execPath, args: ["-e", ${JSON.stringify(inner)}], env: process.env };
    process.exitCode = await runForeground({ ...what, limitMs: ${limitMs} });`;
  const child = spawn(process.execPath, ["--input-type=module", "-e", program], {
    detached: true,
    stdio: ["ignore", "pipe", "inherit"],
  });
  onTestFinished(() => void child.kill("SIGKILL"));
  return child;
}

const said = `
  for (const signal of ["SIGINT", "SIGTERM", "SIGHUP"])
    process.on(signal, () => { console.log(signal); process.exit(7); });
  console.log("up");
  setInterval(() => {}, 1000);`;

test.each(["SIGINT", "SIGTERM", "SIGHUP"] as const)(
  "a program in our foreground gets our %s once, and we end as it ends (R9)",
  async (signal) => {
    const child = outer(said);
    const output = text(child.stdout);
    await once(child.stdout, "data");

    child.kill(signal);

    expect(await once(child, "exit")).toEqual([7, null]);
    expect(await output).toBe(`up\n${signal}\n`);
  },
);

test("a program in our foreground is ended at its limit", async () => {
  const child = outer("setInterval(() => {}, 1000)", 200);

  expect(await once(child, "exit")).toEqual([143, null]);
});
