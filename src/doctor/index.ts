import { type Config, ConfigError, readConfig } from "../config.ts";
import { checkAddress } from "./address.ts";
import { checkCells } from "./cells.ts";
import { type Check, type Finding, reasonOf } from "./finding.ts";
import { checkLeftovers } from "./leftovers.ts";
import { checkMachine } from "./machine.ts";
import { checkPrograms } from "./programs.ts";
import { checkBroker, checkDatabase, checkGitHub, checkModel, checkRedis } from "./services.ts";
import { checkSettings, mendSettings } from "./settings.ts";

/** Every look at a machine, in the order in which they are told. */
const checks: readonly Check[] = [
  checkSettings,
  checkAddress,
  checkPrograms,
  checkCells,
  checkDatabase,
  checkRedis,
  checkBroker,
  checkGitHub,
  checkModel,
  checkMachine,
  checkLeftovers,
];

/** Looks at this machine and its settings. @param environment as `readConfig` takes it */
export async function examine(environment?: NodeJS.ProcessEnv): Promise<readonly Finding[]> {
  const { config, findings } = readSettings(environment);
  const found = await Promise.all(checks.map((check) => lookOnce(check, config)));
  return [...findings, ...found.flat()];
}

/** With settings that are wrong the rest is still looked at, as it would be without any. */
function readSettings(environment: NodeJS.ProcessEnv | undefined): {
  readonly config: Config;
  readonly findings: readonly Finding[];
} {
  try {
    return { config: readConfig(environment), findings: [] };
  } catch (error) {
    if (!(error instanceof ConfigError)) throw error;
    const findings = error.message
      .split("\n")
      .map((says): Finding => ({ name: "settings", state: "error", says, mend: mendSettings }));
    return { config: readConfig({}), findings };
  }
}

/** A look that itself breaks must not hide what the others saw. */
async function lookOnce(check: Check, config: Config): Promise<readonly Finding[]> {
  try {
    return await check(config);
  } catch (error) {
    const mend = "This is a fault of the doctor's; the other lines stand.";
    return [{ name: check.name, state: "error", says: reasonOf(error), mend }];
  }
}
