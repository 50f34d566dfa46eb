import { createServer } from "node:http";
import type { AddressInfo } from "node:net";

/** A web process that says it is ready, and can go away and come back. */
export type ReadyProduct = {
  readonly url: string;
  readonly goAway: () => Promise<void>;
  readonly comeBack: () => Promise<void>;
};

export async function startReadyProduct(): Promise<ReadyProduct> {
  const server = createServer((request, response) => {
    response.writeHead(request.url === "/health/ready" ? 200 : 503).end();
  });
  const listen = (port: number) =>
    new Promise<void>((resolve, reject) => {
      server.once("error", reject);
      server.listen(port, "127.0.0.1", () => resolve());
    });
  await listen(0);
  // A server that listens on TCP has an address with a port.
  const { port } = server.address() as AddressInfo;
  return {
    url: `http://127.0.0.1:${port}`,
    goAway: () =>
      new Promise((resolve) => {
        server.close(() => resolve());
        server.closeAllConnections();
      }),
    comeBack: () => listen(port),
  };
}
