import type { Server } from "node:net";
import { type Config, ConfigError } from "../config.ts";

// HOST is wrong for more reasons than PORT, and each has another mend.

/** @throws {ConfigError} naming the variable that is the matter */
export async function listenOn(
  server: Server,
  { HOST, PORT }: Pick<Config, "HOST" | "PORT">,
): Promise<void> {
  await new Promise<void>((resolve, reject) => {
    server.once("error", (cause) => reject(new ConfigError(whyNot(cause, HOST, PORT))));
    server.listen(PORT, HOST, resolve);
  });
}

function whyNot(cause: Error, host: string, port: number): string {
  const code = "code" in cause ? String(cause.code) : "";
  const what = `${host}:${port} cannot be listened on (${cause.message})`;
  switch (code) {
    case "EADDRINUSE":
      return `PORT: ${what}; stop what has it, or choose another one`;
    case "EACCES":
      return `PORT: ${what}; this user may not, choose one from 1024 on`;
    default:
      return `HOST: ${what}; allowed are addresses of this machine, such as 127.0.0.1 or 0.0.0.0`;
  }
}
