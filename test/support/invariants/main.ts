import { readFileSync } from "node:fs";
import { parseArgs } from "node:util";
import { judgeWorld } from "../invariants.ts";
import { readWorld } from "./world.ts";

// Judges a world from the command line. The last line it prints is one JSON object; it exits with 1
// when something is wrong in the world, and with 2 when the world cannot be read.

const USAGE = "usage: node test/support/invariants/main.ts --world FILE.json";

process.exitCode = await main(process.argv.slice(2));

async function main(args: readonly string[]): Promise<number> {
  try {
    const { values } = parseArgs({ args: [...args], options: { world: { type: "string" } } });
    if (values.world === undefined) return fail(USAGE);
    // Validated there; the shape is what readWorld makes sure of.
    const world = readWorld(JSON.parse(readFileSync(values.world, "utf8")));
    const verdict = await judgeWorld(world);
    process.stdout.write(`${JSON.stringify(verdict)}\n`);
    return verdict.violations.length === 0 ? 0 : 1;
  } catch (error) {
    return fail(`the world cannot be judged: ${error instanceof Error ? error.message : error}`);
  }
}

function fail(why: string): number {
  process.stderr.write(`${why}\n`);
  return 2;
}
