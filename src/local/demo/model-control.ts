import { readFileSync } from "node:fs";
import { join } from "node:path";
import type { RunState } from "./run-state.ts";
import type { Folders } from "./services.ts";

const requestLimitMs = 5_000;

/** Asks the scripted model's control interface: `/failures`, `/calls`, `/faults`. */
export async function askModelControl(
  state: RunState,
  folders: Folders,
  path: string,
): Promise<unknown> {
  const token = readFileSync(join(folders.data, "model", "control-token"), "utf8").trim();
  const response = await fetch(`http://127.0.0.1:${state.ports.model}/_control${path}`, {
    headers: { authorization: `Bearer ${token}` },
    signal: AbortSignal.timeout(requestLimitMs),
  });
  return await response.json();
}
