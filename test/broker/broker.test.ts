import { existsSync, mkdirSync, readFileSync, statSync, writeFileSync } from "node:fs";
import type { RequestListener } from "node:http";
import { join } from "node:path";
import { afterEach, expect, test } from "vitest";
import { createBroker } from "../../src/adapters/broker/broker.ts";
import { awaitFact } from "../../src/lib/await-fact.ts";
import type { Broker } from "../../src/ports.ts";
import { temporaryFolder } from "../support/temporary-folder.ts";
import {
  ask,
  type BrokerProgram,
  type Product,
  startBrokerProgram,
  startProduct,
} from "./broker-program.ts";

type World = {
  readonly dir: string;
  readonly product: Product;
  readonly program: BrokerProgram;
  readonly broker: Broker;
};

const closers: (() => unknown)[] = [];

afterEach(async () => {
  for (const close of closers.splice(0).reverse()) await close();
});

test("a request says which life it came from, whatever the cell claims (A5, S2)", async () => {
  const { broker } = await world(echo);
  const { dir } = await broker.open({ name: "r1-worker-2-1", token: "its-token" });

  const answer = await ask(join(dir, "broker.sock"), "/agent/turns?x=1", {
    method: "POST",
    headers: {
      authorization: "Bearer its-token",
      "x-factory-life": "r1-supervisor-1-1",
      "x-factory-broker": "forged",
      "x-forwarded-for": "10.0.0.1",
      connection: "x-hop",
      "x-hop": "gone",
    },
    body: "hello",
  });

  const seen = JSON.parse(answer.body);
  expect(answer.status).toBe(207);
  expect(seen).toMatchObject({ method: "POST", url: "/agent/turns?x=1", body: "hello" });
  expect(seen.headers).toMatchObject({
    authorization: "Bearer its-token",
    "x-factory-life": "r1-worker-2-1",
    "x-factory-broker": "the-proof",
  });
  expect(Object.keys(seen.headers)).not.toContain("x-hop");
  expect(Object.keys(seen.headers)).not.toContain("x-forwarded-for");
});

test("only the paths of agents lead out of a cell (S5)", async () => {
  const { broker } = await world(echo);
  const { dir } = await broker.open({ name: "life", token: "t" });
  const socket = join(dir, "broker.sock");
  const statuses = async (paths: readonly string[]): Promise<readonly number[]> =>
    (await Promise.all(paths.map((path) => ask(socket, path)))).map(({ status }) => status);

  const inside = ["/mcp", "/v1/messages", "/v1/messages?beta=true", "/v1/messages/count_tokens"];
  const outside = [
    ...["/", "/health", "/metrics", "/agent", "/agent/../health", "/mcpx", "/v1/models", "//mcp"],
    ...["/agent/start/../../metrics", "/v1/messages/../../health", "http://other/mcp", "/%6dcp"],
  ];

  expect(await statuses(inside)).toEqual(inside.map(() => 207));
  expect(await statuses(outside)).toEqual(outside.map(() => 404));
});

test("an answer passes through piece by piece, while it is still being made (A1)", async () => {
  let more: (text: string | null) => void = () => undefined;
  const { broker } = await world((_request, response) => {
    response.writeHead(200, { "content-type": "text/event-stream" });
    response.write("first\n");
    more = (text) => (text === null ? response.end() : response.write(text));
  });
  const { dir } = await broker.open({ name: "life", token: "t" });
  const pieces: string[] = [];

  const answer = await ask(join(dir, "broker.sock"), "/v1/messages", {
    onData: (text) => {
      pieces.push(text);
      more(text === "first\n" ? "second\n" : null);
    },
  });

  expect(pieces).toEqual(["first\n", "first\nsecond\n"]);
  expect(answer.headers["content-type"]).toBe("text/event-stream");
});

test("an answer cut off on the way is cut off in the cell, too (A8)", async () => {
  const { broker } = await world((_request, response) => {
    response.writeHead(200, { "content-length": "100" });
    response.write("half");
    setImmediate(() => response.destroy());
  });
  const { dir } = await broker.open({ name: "life", token: "t" });

  await expect(ask(join(dir, "broker.sock"), "/v1/messages")).rejects.toThrow(/aborted|hang up/);
});

test("a body above the limit is refused, announced or not (S6)", async () => {
  const { broker } = await world(echo);
  const { dir } = await broker.open({ name: "life", token: "t" });
  const socket = join(dir, "broker.sock");
  const large = Buffer.alloc(33 * 1024 * 1024);

  const announced = ask(socket, "/mcp", {
    method: "POST",
    headers: { "content-length": String(large.length) },
  });
  const streamed = ask(socket, "/mcp", {
    method: "POST",
    headers: { "transfer-encoding": "chunked" },
    body: large,
  });

  await expect(announced.then(({ status }) => status)).resolves.toBe(413);
  // The answer may be lost when the rest of the body meets a closed connection.
  await expect(
    streamed.then(
      ({ status }) => status,
      () => 413,
    ),
  ).resolves.toBe(413);
});

test("without the product, a cell is told to try again, and finds it when it is back (R9)", async () => {
  const { broker, product } = await world(echo);
  const { dir } = await broker.open({ name: "life", token: "t" });
  const port = Number(new URL(product.url).port);
  await new Promise((resolve) => {
    product.server.close(resolve);
    product.server.closeAllConnections();
  });

  const away = await ask(join(dir, "broker.sock"), "/mcp");
  const again = await startProduct(echo, port);
  closers.push(() => again.server.close());
  const back = await ask(join(dir, "broker.sock"), "/mcp");

  expect(away.status).toBe(503);
  expect(JSON.parse(away.body)).toMatchObject({ error: "upstreamAway" });
  expect(back.status).toBe(207);
});

test("lives come and go, each with a folder of its own that only its owner reads (S2)", async () => {
  const { broker, dir } = await world(echo);
  const first = await broker.open({ name: "one", token: "token-1" });
  await broker.open({ name: "one", token: "token-2" });
  await broker.open({ name: "two", token: "token-3" });

  expect(await broker.list()).toEqual(["one", "two"]);
  expect(readFileSync(join(first.dir, "token"), "utf8")).toBe("token-2");
  expect(modeOf(dir)).toBe(0o700);
  expect(modeOf(join(dir, "control.sock"))).toBe(0o600);
  expect(modeOf(first.dir)).toBe(0o700);
  expect(modeOf(join(first.dir, "token"))).toBe(0o600);
  expect(modeOf(join(first.dir, "broker.sock"))).toBe(0o600);

  await broker.close("one");
  await broker.close("one");
  expect(existsSync(first.dir)).toBe(false);
  expect(await broker.list()).toEqual(["two"]);
});

test("a killed broker finds its lives again, and their cells reach it as before (R9)", async () => {
  const { broker, dir, product, program } = await world(echo);
  const life = await broker.open({ name: "life", token: "t" });
  await program.stop("SIGKILL");

  await expect(broker.list()).rejects.toMatchObject({ port: "broker", retryable: true });
  const next = await startBrokerProgram(dir, product.url);
  closers.push(() => next.stop());

  expect(await broker.list()).toEqual(["life"]);
  expect((await ask(join(life.dir, "broker.sock"), "/mcp")).status).toBe(207);
});

test("a broker that is told to stop lets requests end and exits cleanly (R9)", async () => {
  let release: () => void = () => undefined;
  const { broker, dir, program } = await world((_request, response) => {
    release = () => response.end("in time");
    program.child.kill("SIGTERM");
  });
  const life = await broker.open({ name: "life", token: "t" });

  const running = ask(join(life.dir, "broker.sock"), "/mcp");
  const hasControl = (): boolean => existsSync(join(dir, "control.sock"));
  await awaitFact("the broker takes no more calls", hasControl, (there) => !there);
  release();

  expect((await running).body).toBe("in time");
  expect(await program.exited).toBe(0);
  expect(existsSync(join(life.dir, "token"))).toBe(true);
});

test("names that are no names, and bodies that are none, are refused (S3)", async () => {
  const { broker, program } = await world(echo);
  for (const name of ["", "..", "../x", "A", "a b", "-x", "x".repeat(81)]) {
    await expect(broker.open({ name, token: "t" })).rejects.toMatchObject({ retryable: false });
  }
  const bad = await ask(program.controlSocket, "/lives/good", { method: "PUT", body: "{" });

  expect(bad.status).toBe(400);
  expect(await broker.list()).toEqual([]);
});

test("a deep folder does not keep a life's socket from opening, as long as the control's does (A1)", async () => {
  const folder = temporaryFolder();
  const deep = join(folder, "x".repeat(106 - join(folder, "/b/control.sock").length));
  mkdirSync(deep);
  const { broker } = await world(echo, join(deep, "b"));

  const { dir } = await broker.open({ name: "x".repeat(80), token: "t" });

  expect(existsSync(join(dir, "broker.sock"))).toBe(true);
  expect(() => createBroker({ controlSocket: `${deep}-longer/control.sock` })).toThrow(
    "longer than 107 bytes",
  );
});

async function world(handler: RequestListener, at?: string): Promise<World> {
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

const echo: RequestListener = (request, response) => {
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

function modeOf(path: string): number {
  return statSync(path).mode & 0o777;
}
