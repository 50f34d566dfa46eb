import { execFile } from "node:child_process";
import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { promisify } from "node:util";
import { z } from "zod";
import type { Servers } from "../embedded/resolve-servers.ts";
import type { RunState } from "./run-state.ts";
import type { Folders } from "./services.ts";

const run = promisify(execFile);
const root = join(import.meta.dirname, "../../..");
const limitMs = 120_000;
const maxOutputBytes = 16 * 1024 * 1024;

const verdict = z.object({
  violations: z.array(z.object({ invariant: z.number(), what: z.string(), detail: z.unknown() })),
});

export type Violation = z.infer<typeof verdict>["violations"][number];

/** Asks the invariant checker, a program of its own that trusts none of our tables alone. */
export async function checkWorld(
  state: RunState,
  folders: Folders,
  servers: Servers,
  { ended, lostAnswers = 0 }: { readonly ended: boolean; readonly lostAnswers?: number },
): Promise<readonly Violation[]> {
  const file = join(folders.data, "world.json");
  const world = {
    databaseUrl: servers.databaseUrl,
    gitHub: {
      url: `http://127.0.0.1:${state.ports.gitHub}`,
      controlToken: readFileSync(join(folders.data, "github", "control-token"), "utf8").trim(),
      dataDir: join(folders.data, "github"),
    },
    hosts: [{ dataDir: folders.product, runtimeDir: folders.runtime, hostName: "demo" }],
    logDirs: [folders.logs],
    settings: { canaries: canariesOf(state), modelRetries: lostAnswers },
    ended,
  };
  writeFileSync(file, JSON.stringify(world), { mode: 0o600 });
  const program = join(root, "test/support/invariants/main.ts");
  const { stdout } = await run(process.execPath, [program, "--world", file], {
    timeout: limitMs,
    maxBuffer: maxOutputBytes,
  }).catch((error: unknown) => {
    // Violations are its exit code 1; their list is still its last line.
    if (error instanceof Error && "stdout" in error && String(error.stdout).trim() !== "")
      return { stdout: String(error.stdout) };
    throw error;
  });
  return verdict.parse(JSON.parse(stdout.trim().split("\n").at(-1) ?? "")).violations;
}

/** What must be nowhere. A line of the key is as good as the key; its first ones are public. */
function canariesOf({ modelKey, brokerSecret, stage }: RunState): readonly string[] {
  const lines = stage?.privateKey.split("\n") ?? [];
  const keyLine = lines[Math.floor(lines.length / 2)] ?? "";
  return [modelKey, brokerSecret, stage?.webhookSecret ?? "", keyLine];
}
