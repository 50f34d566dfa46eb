import { type Config, ConfigError } from "../config.ts";
import { checkContext } from "./check-context.ts";
import { checkFolders } from "./check-folders.ts";
import { checkModelTimes } from "./check-model-times.ts";
import { checkModels } from "./check-models.ts";
import { checkOrders } from "./check-orders.ts";
import { checkPrivateKey } from "./check-private-key.ts";
import { checkPrograms } from "./check-programs.ts";
import { checkRoom } from "./check-room.ts";
import { checkTools } from "./check-tools.ts";
import { checkUsers } from "./check-users.ts";
import type { Fault, SettingsCheck } from "./fault.ts";

// What a single variable's bounds cannot say: names that do not exist, settings that contradict each
// other or this machine. The doctor tells all of it; what starts refuses the errors.

/** `host`: only where agents run. */
const checks: readonly { readonly check: SettingsCheck; readonly where: "all" | "host" }[] = [
  { check: checkPrivateKey, where: "all" },
  { check: checkModels, where: "all" },
  { check: checkTools, where: "all" },
  { check: checkOrders, where: "all" },
  { check: checkModelTimes, where: "all" },
  { check: checkContext, where: "all" },
  { check: checkFolders, where: "host" },
  { check: checkRoom, where: "host" },
  { check: checkUsers, where: "host" },
  { check: checkPrograms, where: "host" },
];

/** Everything that is wrong, in the order of the checks. @param isHost whether agents are to run here */
export async function faultsIn(
  config: Config,
  { isHost }: { readonly isHost: boolean },
): Promise<readonly Fault[]> {
  const chosen = checks.filter(({ where }) => where === "all" || isHost);
  const found = await Promise.all(chosen.map(({ check }) => check(config)));
  return found.flat();
}

/**
 * Lets nothing start on settings that cannot work.
 *
 * @returns what does less than it says
 * @throws {ConfigError} with one line per setting that is wrong
 */
export async function refuseFaults(
  config: Config,
  where: { readonly isHost: boolean },
): Promise<readonly Fault[]> {
  const faults = await faultsIn(config, where);
  const errors = faults.filter(({ state }) => state === "error");
  if (errors.length > 0)
    throw new ConfigError(errors.map(({ variable, says }) => `${variable}: ${says}`).join("\n"));
  return faults;
}
