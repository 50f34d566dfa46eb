import { type Config, ConfigError, environmentWithout, readConfig } from "../config.ts";
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
  const { config, faulty, findings } = readSettings(environment);
  const found = await Promise.all(checks.map((check) => lookOnce(check, config, faulty)));
  return [...findings, ...found.flat()];
}

type Settings = {
  readonly config: Config;
  /** Variables that are wrong: the configuration has them as if they were not set. */
  readonly faulty: readonly string[];
  readonly findings: readonly Finding[];
};

/** With settings that are wrong the rest is still looked at, by the others that are set. */
function readSettings(environment: NodeJS.ProcessEnv | undefined): Settings {
  try {
    return { config: readConfig(environment), faulty: [], findings: [] };
  } catch (error) {
    if (!(error instanceof ConfigError)) throw error;
    const lines = error.message.split("\n");
    const findings = lines.map(
      (says): Finding => ({ name: "settings", state: "error", says, mend: mendSettings }),
    );
    const faulty = lines.flatMap((line) => /^([A-Z][A-Z0-9_]*?)(?:_FILE)?:/.exec(line)?.[1] ?? []);
    return { config: readConfig(environmentWithout(faulty, environment)), faulty, findings };
  }
}

/** A look that itself breaks must not hide what the others saw. */
async function lookOnce(
  check: Check,
  config: Config,
  faulty: readonly string[],
): Promise<readonly Finding[]> {
  const missed = new Set<string>();
  const watched = new Proxy(config, {
    get: (target, key, receiver) => {
      if (typeof key === "string" && faulty.includes(key)) missed.add(key);
      return Reflect.get(target, key, receiver);
    },
  });
  try {
    const findings = await check(watched);
    // Which settings are wrong is told already; of the others only what is wrong, too.
    if (check === checkSettings && faulty.length > 0)
      return findings.filter(({ state, says }) => state !== "ok" && !names(faulty, says));
    return missed.size === 0 ? findings : findings.map((one) => unjudged(one, missed));
  } catch (error) {
    const mend = "This is a fault of the doctor's; the other lines stand.";
    return [{ name: check.name, state: "error", says: reasonOf(error), mend }];
  }
}

/** What was seen with a default in place of a wrong setting says nothing of the machine. */
function unjudged({ name }: Finding, missed: ReadonlySet<string>): Finding {
  const says = `not looked at: ${[...missed].join(", ")} ${missed.size === 1 ? "is" : "are"} wrong`;
  return { name, state: "warning", says, mend: mendSettings };
}

function names(variables: readonly string[], says: string): boolean {
  return variables.some((variable) => says.startsWith(`${variable}:`));
}
