// A program of its own: git runs it while a push waits. It reads the wanted moves and refuses the
// push with GitHub's words, or lets it pass. What is forbidden comes in one environment variable.

import { z } from "zod";
import { refuseMove } from "./push-rules.ts";

/** The variable in which the server hands the limits of this push to the hook. */
export const LIMITS_VARIABLE = "LOCAL_GITHUB_PUSH_LIMITS";

const limitsSchema = z.object({
  rules: z.array(z.object({ pattern: z.string(), kinds: z.array(z.string()) })),
  keepWorkflows: z.boolean(),
});

/** Judges the moves on standard input; the exit status git wants: 0 to go on, 1 to refuse. */
export async function judgePush(input: string): Promise<number> {
  const limits = limitsSchema.parse(JSON.parse(process.env[LIMITS_VARIABLE] ?? "null"));
  const gitDir = process.env["GIT_DIR"] ?? ".";
  for (const line of input.split("\n").filter((text) => text !== "")) {
    const [before = "", after = "", ref = ""] = line.split(" ");
    const refused = await refuseMove(gitDir, { ref, before, after }, limits, quarantine());
    if (refused !== null) {
      process.stderr.write(`error: ${refused}\n`);
      return 1;
    }
  }
  return 0;
}

function quarantine(): Record<string, string> {
  const names = ["GIT_OBJECT_DIRECTORY", "GIT_ALTERNATE_OBJECT_DIRECTORIES", "GIT_QUARANTINE_PATH"];
  return Object.fromEntries(
    names.flatMap((name) => {
      const value = process.env[name];
      return value === undefined ? [] : [[name, value]];
    }),
  );
}

if (import.meta.main) {
  const chunks: Buffer[] = [];
  for await (const chunk of process.stdin) chunks.push(Buffer.from(chunk));
  process.exitCode = await judgePush(Buffer.concat(chunks).toString());
}
