import { writeFileSync } from "node:fs";
import type { RequestListener } from "node:http";
import { join } from "node:path";
import { afterEach } from "vitest";
import { createBroker } from "../../src/adapters/broker/broker.ts";
import type { Broker } from "../../src/ports/host.ts";
import { temporaryFolder } from "../support/temporary-folder.ts";
import {
  type BrokerProgram,
  type Product,
  startBrokerProgram,
  startProduct,
} from "./broker-program.ts";

export type BrokerWorld = {
  readonly dir: string;
  readonly product: Product;
  readonly program: BrokerProgram;
  readonly broker: Broker;
};

/** What a test opened, closed after it in reverse. */
export const closers: (() => unknown)[] = [];

afterEach(async () => {
  for (const close of closers.splice(0).reverse()) await close();
});

/** The broker as a program, in front of a product that answers with `handler`. */
export async function brokerWorld(handler: RequestListener, at?: string): Promise<BrokerWorld> {
  const dir = at ?? join(temporaryFolder(), "b");
  const product = await startProduct(handler);
  const secretFile = join(temporaryFolder(), "proof");
  writeFileSync(secretFile, "the-proof\n");
  const program = await startBrokerProgram(dir, product.url, ["--secret-file", secretFile]);
  closers.push(
    () => product.server.close(),
    () => product.server.closeAllConnections(),
    () => program.stop("SIGKILL"),
  );
  const broker = createBroker({ controlSocket: program.controlSocket });
  return { dir, product, program, broker };
}

/** Answers with what it was asked. */
export const echo: RequestListener = (request, response) => {
  let body = "";
  request.on("data", (chunk) => {
    body += chunk;
  });
  request.on("end", () => {
    response.writeHead(207, { "x-from": "product" });
    const { method, url, headers } = request;
    response.end(JSON.stringify({ method, url, headers, body }));
  });
};
