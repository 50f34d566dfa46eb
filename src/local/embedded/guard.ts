import { once } from "node:events";
import { existsSync } from "node:fs";
import { awaitFact } from "../../lib/await-fact.ts";
import { systemClock } from "../../lib/clock.ts";
import { takeDataFolder } from "./data-folder.ts";
import { endTerminals } from "./end-terminals.ts";
import { endNoted, forgetNoted } from "./noted-processes.ts";
import { isRunning } from "./process-identity.ts";
import { stopLeftServers } from "./resolve-servers.ts";

// Outlives a run that is killed, and ends what it left, unless another run goes on with it first:
//   node src/local/embedded/guard.ts DATA_DIR GRACE_MS PID START_TICKS [RUNTIME_DIR]
// Its stdin is a pipe that the run alone holds: it closes when the run ends, however that was.

const [dataDir, graceMs, pid, startTicks, runtimeDir] = process.argv.slice(2);
if (dataDir === undefined || !(Number(graceMs) >= 0) || !(Number(startTicks) >= 0))
  throw new Error("usage: guard.ts DATA_DIR GRACE_MS PID START_TICKS [RUNTIME_DIR]");
const run = { pid: Number(pid), startTicks: Number(startTicks) };

process.stdin.resume();
await once(process.stdin, "end");
// A process closes what it has open before it is gone, and holds its lock until it is.
await awaitFact(
  "the run is gone",
  () => isRunning(run),
  (is) => !is,
);
await systemClock.sleep(Number(graceMs));
await endWhatIsLeft(dataDir);

async function endWhatIsLeft(folder: string): Promise<void> {
  // Taking a folder makes it; one that was removed meanwhile stays removed.
  if (!existsSync(folder)) return;
  const taken = takeDataFolder(folder);
  // Whoever has it ends or goes on with what was left, by the same list.
  if ("refused" in taken) return;
  try {
    const ended = [...(await endNoted(folder)), ...(await stopLeftServers(folder))];
    if (runtimeDir !== undefined) await endTerminals(runtimeDir);
    forgetNoted(folder);
    tell(`The run on ${folder} was killed; what it had left is ended: ${ended.join(", ")}.`);
  } finally {
    taken.release();
  }
}

/** The terminal of a killed run may be gone with it. */
function tell(line: string): void {
  process.stderr.on("error", () => {});
  process.stderr.write(`${line}\n`);
}
