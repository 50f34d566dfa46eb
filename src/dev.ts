import { startWorkers, workersNeed } from "../workers/main.ts";
import { exitWithLines, readConfig, requireVariables } from "./config.ts";
import { startWeb, webNeeds } from "./main.ts";
import { buildCore, buildHost } from "./wiring.ts";

// Web and workers in one process, for one machine: development and the demo. Same code, same
// protocols as apart.

try {
  const config = readConfig();
  requireVariables(config, [...new Set([...webNeeds, ...workersNeed])]);
  const core = await buildCore(config, "factory");
  const web = await startWeb(core);
  const stopWorkers = await startWorkers(core, buildHost(core));
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
