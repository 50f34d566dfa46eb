import { NotInstallable } from "../claude-code/install-claude-code.ts";
import { FolderError } from "../embedded/folders.ts";
import { readOptions, UsageError, usage } from "./options.ts";
import { runDemo } from "./run-demo.ts";
import { withHarness } from "./with-harness.ts";

/** The harness asked for cannot be had on this machine: nothing was tried, nothing has failed. */
const notInstallableExitCode = 3;

/** The command line is wrong: nothing was tried. */
const usageExitCode = 2;

const options = readCommandLine();
try {
  if (options === null) console.log(usage);
  else if (options !== "mistaken")
    process.exitCode = await runDemo(await withHarness(options, console.error));
} catch (error) {
  console.error(lineFor(error) ?? error);
  process.exitCode = error instanceof NotInstallable ? notInstallableExitCode : 1;
}

function readCommandLine(): ReturnType<typeof readOptions> | "mistaken" {
  try {
    return readOptions(process.argv.slice(2));
  } catch (error) {
    if (!(error instanceof UsageError)) throw error;
    console.error(error.message);
    process.exitCode = usageExitCode;
    return "mistaken";
  }
}

/** One line for what a person can mend; null for everything else, which keeps its stack. */
function lineFor(error: unknown): string | null {
  if (!(error instanceof Error)) return null;
  if (error instanceof UsageError || error instanceof NotInstallable) return error.message;
  if (error.name === "PortError" || error instanceof FolderError) return error.message;
  const missing = /^spawn (\S+) ENOENT$/.exec(error.message)?.[1];
  if (missing === undefined) return null;
  return `${missing} is not installed or not on PATH; \`npm run demo\` sets up what is missing`;
}
