import { once } from "node:events";
import { existsSync, rmSync } from "node:fs";
import { systemClock } from "../../lib/clock.ts";
import { takeDataFolder } from "./data-folder.ts";
import { endTerminals } from "./end-terminals.ts";
import { endNoted, forgetNoted } from "./noted-processes.ts";
import { isRunning } from "./process-identity.ts";
import { stopLeftServers } from "./resolve-servers.ts";

// Outlives a run that is killed, and ends what it left, unless another run goes on with it first:
//   node src/local/embedded/guard.ts DATA_DIR GRACE_MS GONE_LIMIT_MS PID START_TICKS [RUNTIME_DIR [temporary]]
// Its stdin is a pipe that the run alone holds: it closes when the run ends, however that was.

const [dataDir, graceMs, goneLimitMs, pid, startTicks, runtimeDir = "", kind] =
  process.argv.slice(2);
if (dataDir === undefined || !(Number(graceMs) >= 0) || !(Number(startTicks) >= 0))
  throw new Error(
    "usage: guard.ts DATA_DIR GRACE_MS GONE_LIMIT_MS PID START_TICKS [RUNTIME_DIR [temporary]]",
  );
const run = { pid: Number(pid), startTicks: Number(startTicks) };
const lookEveryMs = 50;

process.stdin.resume();
await once(process.stdin, "end");
const isGone = await runIsGone();
await systemClock.sleep(Number(graceMs));
await endWhatIsLeft(dataDir);

/** A process closes what it has open before it is gone, and holds its lock until it is. */
async function runIsGone(): Promise<boolean> {
  const deadlineMs = systemClock.nowMs() + Number(goneLimitMs);
  while (isRunning(run) && systemClock.nowMs() < deadlineMs) await systemClock.sleep(lookEveryMs);
  if (!isRunning(run)) return true;
  tell(`The run on ${dataDir}, process ${run.pid}, hangs in its end.`);
  return false;
}

async function endWhatIsLeft(folder: string): Promise<void> {
  // Taking a folder makes it; one that was removed meanwhile stays removed.
  if (!existsSync(folder)) return;
  const taken = await takeDataFolder(folder);
  if ("refused" in taken) {
    // Whoever has it ends or goes on with what was left, by the same list; but for a run that hangs.
    if (isGone) return;
    tell(`End that process: what it started stays until then, as ${taken.detail}.`);
    process.exitCode = 1;
    return;
  }
  try {
    await endAll(folder);
  } finally {
    taken.release();
  }
  // What could not be ended may still be at work in it.
  if (kind === "temporary" && process.exitCode === undefined)
    rmSync(folder, { recursive: true, force: true });
}

/** What one step cannot end keeps no other from being ended. */
async function endAll(folder: string): Promise<void> {
  const [noted, servers, terminals] = [
    await outcomeOf(endNoted(folder)),
    await outcomeOf(stopLeftServers(folder)),
    await outcomeOf(runtimeDir === "" ? Promise.resolve() : endTerminals(runtimeDir)),
  ];
  const ended = [noted, servers].flatMap((one) => (one.status === "fulfilled" ? one.value : []));
  if (noted.status === "fulfilled") forgetNoted(folder);
  tell(
    `The run on ${folder} was killed; what it had left is ended: ${ended.join(", ") || "nothing"}.`,
  );
  for (const one of [noted, servers, terminals]) {
    if (one.status === "fulfilled") continue;
    tell(`But not all: ${one.reason instanceof Error ? one.reason.message : String(one.reason)}`);
    process.exitCode = 1;
  }
}

async function outcomeOf<Result>(work: Promise<Result>): Promise<PromiseSettledResult<Result>> {
  const [outcome] = await Promise.allSettled([work]);
  return outcome;
}

/** The terminal of a killed run may be gone with it. */
function tell(line: string): void {
  process.stderr.on("error", () => {});
  process.stderr.write(`${line}\n`);
}
