import { z } from "zod";
import { askModelControl } from "./model-control.ts";
import type { RunState } from "./run-state.ts";
import { type Folders, usesRealModel } from "./services.ts";

const failures = z.object({
  failures: z.array(z.looseObject({ role: z.string().nullable(), failure: z.string().nullable() })),
});

/** Where the scripted model could not go on; null while it can, and with a real provider. */
export async function scriptFailure(state: RunState, folders: Folders): Promise<string | null> {
  if (usesRealModel()) return null;
  const [first] = failures.parse(await askModelControl(state, folders, "/failures")).failures;
  return first ? `The script went wrong (${first.role ?? "no role"}): ${first.failure}` : null;
}
