import { execFile } from "node:child_process";
import { join } from "node:path";
import { promisify } from "node:util";
import { z } from "zod";

const run = promisify(execFile);
const root = join(import.meta.dirname, "../..");
const limitMs = 120_000;
const printed = z.object({ ms: z.number() });

/** The floor of a start: so many bare cells at once, until the last one's first request. */
export async function bareCellsMs(count: number): Promise<number> {
  const { stdout } = await run(
    process.execPath,
    [
      join(root, "bench/floors/bare-cells.ts"),
      ...[String(count), process.execPath, join(root, "node_modules")],
    ],
    { timeout: limitMs },
  );
  return printed.parse(JSON.parse(stdout)).ms;
}
