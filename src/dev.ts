import { startWorkers, workersNeed } from "../workers/main.ts";
import { exitWithLines, readConfig, requireVariables } from "./config.ts";
import { exitCodes, programFlags } from "./lib/program-flags.ts";
import { startWeb, webNeeds } from "./main.ts";
import { refuseFaults } from "./settings-checks/index.ts";
import { logFaults } from "./settings-checks/log-faults.ts";
import { buildCore, buildHost } from "./wiring.ts";

// Web and workers in one process, for one machine: development and the demo. Same code, same
// protocols as apart.

const usage = `Usage: node src/dev.ts

Runs web and workers in one process. \`npm run dev\` runs it beside its own PostgreSQL and Redis.

  --help  this text

${exitCodes}`;

programFlags({ usage });
try {
  const config = readConfig();
  requireVariables(config, [...new Set([...webNeeds, ...workersNeed])]);
  const doubts = await refuseFaults(config, { isHost: true });
  const core = await buildCore(config, "factory");
  logFaults(doubts, core.log);
  const web = await startWeb(core);
  const stopWorkers = await startWorkers(core, await buildHost(core));
  process.stdout.write(`factory ready: ${web.url}\n`);
  const stop = async () => {
    await stopWorkers();
    await web.close();
    await core.close();
    process.exit(0);
  };
  process.once("SIGTERM", () => void stop());
  process.once("SIGINT", () => void stop());
} catch (error) {
  exitWithLines(error);
}
