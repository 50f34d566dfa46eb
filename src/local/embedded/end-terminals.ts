import { execFile } from "node:child_process";
import { rmSync } from "node:fs";
import { join } from "node:path";
import { promisify } from "node:util";

const run = promisify(execFile);
const limitMs = 10_000;

/** Where the agents' terminal server listens, in the runtime folder of its run. */
export function terminalsSocket(runtimeDir: string): string {
  return join(runtimeDir, "tmux.sock");
}

/**
 * Ends the agents' terminal server with everything in it, and removes the runtime folder.
 *
 * @throws {Error} when it runs and does not end
 */
export async function endTerminals(runtimeDir: string): Promise<void> {
  const args = ["-S", terminalsSocket(runtimeDir), "kill-server"];
  // From a folder that is there: without one, nothing starts, as if there were no tmux.
  await run("tmux", args, { timeout: limitMs, cwd: "/" }).catch((error: unknown) => {
    // Whoever has no tmux has no terminals.
    if (error instanceof Error && "code" in error && error.code === "ENOENT") return;
    const reason = error instanceof Error ? error.message : String(error);
    // A server that is not there has nothing to end.
    if (/no server running|error connecting|No such file or directory\)/.test(reason)) return;
    throw new Error(`The agents' tmux server could not be ended: ${reason}`, { cause: error });
  });
  rmSync(runtimeDir, { recursive: true, force: true });
}
