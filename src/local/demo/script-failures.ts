import { readFileSync } from "node:fs";
import { join } from "node:path";
import { z } from "zod";
import type { RunState } from "./run-state.ts";
import { type Folders, usesRealModel } from "./services.ts";

const requestLimitMs = 5_000;
const failures = z.object({
  failures: z.array(z.looseObject({ role: z.string().nullable(), failure: z.string().nullable() })),
});

/** Where the scripted model could not go on; null while it can, and with a real provider. */
export async function scriptFailure(state: RunState, folders: Folders): Promise<string | null> {
  if (usesRealModel()) return null;
  const token = readFileSync(join(folders.data, "model", "control-token"), "utf8").trim();
  const response = await fetch(`http://127.0.0.1:${state.ports.model}/_control/failures`, {
    headers: { authorization: `Bearer ${token}` },
    signal: AbortSignal.timeout(requestLimitMs),
  });
  const [first] = failures.parse(await response.json()).failures;
  return first ? `The script went wrong (${first.role ?? "no role"}): ${first.failure}` : null;
}
