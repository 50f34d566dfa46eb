import { connect, createServer, type Socket } from "node:net";

export type Forwarder = { readonly url: string; readonly close: () => void };

/**
 * A port on the cell's own loopback that leads to the broker's socket, for clients that know
 * addresses only. The cell has no other network, so nothing else can reach it.
 *
 * @throws {Error} when the loopback cannot be listened on
 */
export function startForwarder(socketPath: string): Promise<Forwarder> {
  const server = createServer((inner) => {
    const outer = connect(socketPath);
    pass(inner, outer);
    pass(outer, inner);
  });
  return new Promise((resolve, reject) => {
    server.once("error", reject);
    server.listen(0, "127.0.0.1", () => {
      const address = server.address();
      if (address === null || typeof address === "string") {
        reject(new Error("the forwarder got no port"));
        return;
      }
      server.unref();
      resolve({ url: `http://127.0.0.1:${address.port}`, close: () => server.close() });
    });
  });
}

function pass(from: Socket, to: Socket): void {
  from.pipe(to);
  from.on("error", () => to.destroy());
  from.on("close", () => to.destroySoon());
}
