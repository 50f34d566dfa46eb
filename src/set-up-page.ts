import { createServer } from "node:net";
import { run } from "probot";
import type { Config } from "./config.ts";
import { listenOn } from "./settings-checks/listen-on.ts";

/**
 * Without credentials there is nothing to run yet: Probot's set-up page makes the GitHub App from
 * app.yml and writes what GitHub answers into `.env`.
 */
export async function serveSetUp(config: Config): Promise<void> {
  await requireFreePort(config);
  await run(() => {}, {
    env: {
      NODE_ENV: "development",
      NO_SMEE_SETUP: "true",
      PORT: String(config.PORT),
      HOST: config.HOST,
      GHE_PROTOCOL: config.GHE_PROTOCOL,
      LOG_LEVEL: config.LOG_LEVEL,
      ...(config.GHE_HOST === undefined ? {} : { GHE_HOST: config.GHE_HOST }),
    },
  });
  process.stdout.write(
    `No GitHub App is configured yet. Open http://${config.HOST}:${config.PORT}/probot to make one; then start again.\n`,
  );
}

/** Probot ends the process with a stack when its port is taken. */
async function requireFreePort(config: Config): Promise<void> {
  const server = createServer();
  await listenOn(server, config);
  await new Promise((resolve) => server.close(resolve));
}
