import { createServer } from "node:net";
import { type Config, ConfigError } from "../config.ts";
import { listenOn } from "../settings-checks/listen-on.ts";
import { type Finding, ok } from "./finding.ts";

/** Where the web process would listen. A port that is taken may be the product's own, at work. */
export async function checkAddress(config: Config): Promise<readonly Finding[]> {
  const name = "address";
  const server = createServer();
  try {
    await listenOn(server, config);
    await new Promise((resolve) => server.close(resolve));
    return [ok(name, `${config.HOST}:${config.PORT} is free`)];
  } catch (error) {
    if (!(error instanceof ConfigError)) throw error;
    const isTaken = error.message.includes("EADDRINUSE");
    const mend = isTaken ? "All is well if that is this product." : "Correct HOST or PORT.";
    return [{ name, state: isTaken ? "warning" : "error", says: error.message, mend }];
  }
}
