import { type Config, ConfigError, readConfig, variables } from "../../config.ts";
import { checkRoom } from "../../settings-checks/check-room.ts";
import { refuseFaults } from "../../settings-checks/index.ts";
import { NotInstallable } from "../claude-code/install-claude-code.ts";
import { FolderError } from "../embedded/folders.ts";
import { type DemoOptions, readOptions, UsageError, usage } from "./options.ts";
import { productEnvironment } from "./product-environment.ts";
import { dataFolderOf, runDemo } from "./run-demo.ts";
import { RunFailure } from "./run-failure.ts";
import { withHarness } from "./with-harness.ts";

/** The harness asked for cannot be had on this machine: nothing was tried, nothing has failed. */
const notInstallableExitCode = 3;

/** The command line is wrong: nothing was tried. */
const usageExitCode = 2;

const options = readCommandLine();
try {
  if (options === null) console.log(usage);
  else if (options !== "mistaken") process.exitCode = await runDemo(await withSettings(options));
} catch (error) {
  console.error(lineFor(error) ?? error);
  process.exitCode = exitCodeFor(error);
}

/** A mistake of the environment is told before anything is started. */
async function withSettings(options: DemoOptions): Promise<DemoOptions> {
  const { handedOn, ignored } = productEnvironment(process.env, Object.keys(variables));
  if (ignored.length > 0)
    console.error(`The demo sets these itself, your values are ignored: ${ignored.join(", ")}.`);
  const byOption = options.verify === null ? {} : { VERIFY_COMMAND: options.verify };
  const environment = { ...handedOn, ...byOption, ...options.environment };
  const chosen = await withHarness({ ...options, environment }, console.error);
  const config = readConfig(chosen.environment);
  await refuseFaults(config, { isHost: true });
  refuseSmallDisk({ ...config, DATA_DIR: dataFolderOf(options) });
  return chosen;
}

/** The product is told its folder by the demo: what its disk must have is asked of that one. */
function refuseSmallDisk(config: Config): void {
  const errors = checkRoom(config).filter(({ state }) => state === "error");
  if (errors.length > 0)
    throw new ConfigError(errors.map(({ variable, says }) => `${variable}: ${says}`).join("\n"));
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

function exitCodeFor(error: unknown): number {
  if (error instanceof NotInstallable) return notInstallableExitCode;
  return error instanceof UsageError ? usageExitCode : 1;
}

/** One line for what a person can mend; null for everything else, which keeps its stack. */
function lineFor(error: unknown): string | null {
  if (!(error instanceof Error)) return null;
  if (error instanceof UsageError || error instanceof NotInstallable) return error.message;
  if (error instanceof RunFailure) return error.message;
  if (error instanceof ConfigError) return error.message;
  if (error.name === "PortError" || error instanceof FolderError) return error.message;
  const missing = /^spawn (\S+) ENOENT$/.exec(error.message)?.[1];
  if (missing === undefined) return null;
  return `${missing} is not installed or not on PATH; \`npm run demo\` sets up what is missing`;
}
