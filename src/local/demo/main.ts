import { readOptions, UsageError, usage } from "./options.ts";
import { runDemo } from "./run-demo.ts";

try {
  const options = readOptions(process.argv.slice(2));
  if (options === null) console.log(usage);
  else process.exitCode = await runDemo(options);
} catch (error) {
  console.error(lineFor(error) ?? error);
  process.exitCode = 1;
}

/** One line for what a person can mend; null for everything else, which keeps its stack. */
function lineFor(error: unknown): string | null {
  if (!(error instanceof Error)) return null;
  if (error instanceof UsageError || error.name === "PortError") return error.message;
  const missing = /^spawn (\S+) ENOENT$/.exec(error.message)?.[1];
  if (missing === undefined) return null;
  return `${missing} is not installed or not on PATH; \`npm run demo\` sets up what is missing`;
}
