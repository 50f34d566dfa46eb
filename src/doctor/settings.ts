import type { Config } from "../config.ts";
import { faultsIn } from "../settings-checks/index.ts";
import { type Finding, ok } from "./finding.ts";

export const mendSettings =
  "Correct it in the environment or in .env; .env.example tells what it may be.";

/** What a start would refuse, and what would do less than it says. */
export async function checkSettings(config: Config): Promise<readonly Finding[]> {
  const name = "settings";
  const faults = await faultsIn(config, { isHost: true });
  if (faults.length === 0) return [ok(name, "fit together and fit this machine")];
  return faults.map(({ variable, state, says }) => ({
    ...{ name, state, says: `${variable}: ${says}`, mend: mendSettings },
  }));
}
