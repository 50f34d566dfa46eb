import { createServer, request, type Server } from "node:http";
import { NPM_PORT, REGISTRIES_PORT } from "../../lib/registry-ports.ts";

export type RegistryDoor = {
  /** What went wrong on the way to the registries, and was not the asker's fault; newest last. */
  readonly trouble: () => readonly string[];
};

const KEPT_TROUBLE = 5;

/**
 * Listens on the cell's own loopback for programs that know addresses only, and leads to the
 * broker's socket.
 *
 * @throws {Error} when the ports are taken
 */
export async function openRegistryDoor(socketPath: string): Promise<RegistryDoor> {
  const trouble: string[] = [];
  const note = (what: string): void => {
    trouble.push(what);
    if (trouble.length > KEPT_TROUBLE) trouble.shift();
  };
  await listen(doorServer(socketPath, "", note), REGISTRIES_PORT);
  await listen(doorServer(socketPath, "/registry/npm", note), NPM_PORT);
  return { trouble: () => trouble };
}

function doorServer(socketPath: string, prefix: string, note: (what: string) => void): Server {
  return createServer((incoming, response) => {
    const path = prefix + (incoming.url ?? "/");
    const { method, headers } = incoming;
    const outgoing = request({ socketPath, path, method, headers }, (reply) => {
      const status = reply.statusCode ?? 502;
      if (status >= 500 || status === 429) note(`${status} for ${path}`);
      response.writeHead(status, reply.headers);
      reply.pipe(response);
      reply.once("aborted", () => {
        note(`an answer that broke off for ${path}`);
        response.destroy();
      });
    });
    outgoing.once("error", (error) => {
      note(`${error.message} for ${path}`);
      if (response.headersSent) response.destroy();
      else response.writeHead(502).end();
    });
    response.once("close", () => outgoing.destroy());
    incoming.pipe(outgoing);
  });
}

function listen(server: Server, port: number): Promise<void> {
  return new Promise((resolve, reject) => {
    server.once("error", reject);
    server.listen(port, "127.0.0.1", () => {
      server.unref();
      resolve();
    });
  });
}
