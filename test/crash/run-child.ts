import { spawn } from "node:child_process";
import { rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { shortId } from "../../src/lib/ids.ts";
import type { CaseSpec } from "./case-spec.ts";

const program = join(import.meta.dirname, "main.ts");
const childLimitMs = 60_000;

type End = {
  readonly code: number | null;
  readonly signal: NodeJS.Signals | null;
  readonly output: string;
};

/** Runs a child that dies at its point. @throws {Error} when it ends otherwise */
export async function dyingChild(spec: CaseSpec, folder: string): Promise<void> {
  const { code, signal, output } = await run(spec, folder);
  if (signal !== "SIGKILL")
    throw new Error(`the child that was to be killed ended with ${signal ?? code}: ${output}`);
}

/** Runs a child that finishes. @throws {Error} when it does not */
export async function finishChild(spec: CaseSpec, folder: string): Promise<void> {
  const { code, signal, output } = await run(spec, folder);
  if (code !== 0)
    throw new Error(`the child that was to finish ended with ${signal ?? code}: ${output}`);
}

async function run(spec: CaseSpec, folder: string): Promise<End> {
  const file = join(folder, `spec-${shortId(6)}.json`);
  writeFileSync(file, JSON.stringify(spec), { mode: 0o600 });
  const child = spawn(process.execPath, [program, "--child", file], {
    stdio: ["ignore", "pipe", "pipe"],
    timeout: childLimitMs,
    killSignal: "SIGTERM",
  });
  let output = "";
  for (const stream of [child.stdout, child.stderr])
    stream.on("data", (chunk) => {
      output += String(chunk);
    });
  const end = await new Promise<End>((resolve) => {
    child.once("close", (code, signal) => resolve({ code, signal, output: output.slice(-2_000) }));
  });
  rmSync(file);
  return end;
}
