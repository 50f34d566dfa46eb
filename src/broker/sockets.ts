import { chmod, unlink } from "node:fs/promises";
import type { Server } from "node:http";
import { connect } from "node:net";

const IDLE_LOOK_MS = 20;

/**
 * Listens on a unix socket of mode 0600; takes the place of one that a killed process left.
 *
 * @throws {Error} when another process listens there
 */
export async function listenOn(server: Server, socketPath: string): Promise<void> {
  if (await isAnswering(socketPath)) throw new Error(`another broker listens on ${socketPath}`);
  await unlink(socketPath).catch(ignoreMissing);
  await new Promise<void>((resolve, reject) => {
    server.once("error", reject);
    server.listen(socketPath, () => {
      server.off("error", reject);
      resolve();
    });
  });
  await chmod(socketPath, 0o600);
}

/** Takes no new connections, waits for requests under way, then cuts what is left. */
export function closeServer(server: Server, drainMs: number): Promise<void> {
  return new Promise((resolve) => {
    const timer = setTimeout(() => server.closeAllConnections(), drainMs);
    // A connection that is kept alive after its last answer would hold the end up.
    const idle = setInterval(() => server.closeIdleConnections(), IDLE_LOOK_MS);
    server.close(() => {
      clearTimeout(timer);
      clearInterval(idle);
      resolve();
    });
  });
}

function isAnswering(socketPath: string): Promise<boolean> {
  return new Promise((resolve) => {
    const socket = connect(socketPath);
    socket.once("connect", () => {
      socket.destroy();
      resolve(true);
    });
    socket.once("error", () => resolve(false));
  });
}

function ignoreMissing(error: unknown): void {
  if (error instanceof Error && "code" in error && error.code === "ENOENT") return;
  throw error;
}
