import type { Fault } from "./fault.ts";

type Log = { readonly warn: (facts: object, event: string) => void };

/** What does less than it says is in the log of whoever started all the same. */
export function logFaults(faults: readonly Fault[], log: Log): void {
  for (const { variable, says } of faults) log.warn({ variable, says }, "settings.doubtful");
}
