import { execFile } from "node:child_process";

type Check = { readonly name: string; readonly words: readonly [string, ...string[]] };

const CHECKS: readonly Check[] = [
  { name: "format and lint", words: ["biome", "check", "--colors=off", "."] },
  { name: "types", words: ["tsc", "-p", "tsconfig.json"] },
  { name: "unused code", words: ["knip", "--no-progress"] },
];

const LIMIT_MS = 120_000;
const LARGEST_OUTPUT_BYTES = 20_000_000;

/**
 * Runs everything that needs no server, at once.
 *
 * @returns whether all passed; what did not is printed whole
 */
export async function runChecks(): Promise<boolean> {
  const results = await Promise.all(CHECKS.map(runCheck));
  return results.every((passed) => passed);
}

function runCheck({ name, words: [program, ...args] }: Check): Promise<boolean> {
  const startedMs = Date.now();
  const options = { timeout: LIMIT_MS, maxBuffer: LARGEST_OUTPUT_BYTES };
  return new Promise((resolve) => {
    execFile(program, args, options, (error, stdout, stderr) => {
      const seconds = ((Date.now() - startedMs) / 1000).toFixed(1);
      console.log(`${error ? "✗" : "✓"} ${name} (${seconds} s)`);
      if (error) console.log(`${stdout}${stderr}` || error.message);
      resolve(error === null);
    });
  });
}
