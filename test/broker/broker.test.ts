import { join } from "node:path";
import { expect, test } from "vitest";
import { awaitFact } from "../../src/lib/await-fact.ts";
import { ask, startProduct } from "./broker-program.ts";
import { brokerWorld, closers, echo } from "./broker-world.ts";

test("a request says which life it came from, whatever the cell claims (A5, S2)", async () => {
  const { broker } = await brokerWorld(echo);
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
  const { broker } = await brokerWorld(echo);
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

test("what a cell is refused is logged, and a cell that goes on fills no log (S5)", async () => {
  const { broker, program } = await brokerWorld(echo);
  const { dir } = await broker.open({ name: "life", token: "t" });
  const { dir: other } = await broker.open({ name: "other", token: "t" });

  const body = Buffer.alloc(33 * 1024 * 1024);
  const large = await ask(join(dir, "broker.sock"), "/mcp", { method: "POST", body });
  for (let count = 0; count < 100; count += 1) await ask(join(dir, "broker.sock"), "/metrics");
  await ask(join(other, "broker.sock"), "/metrics");

  const refused = () =>
    program
      .printed()
      .split("\n")
      .filter((line) => line.includes(".refused"));
  const lines = await awaitFact("the log has come to the last one", refused, (seen) =>
    seen.some((line) => line.includes('"life":"other"')),
  );
  expect(lines.filter((line) => line.includes('"life":"life"'))).toHaveLength(20);
  expect(lines.filter((line) => line.includes('"life":"other"'))).toHaveLength(1);
  expect(large.status).toBe(413);
  expect(lines[0]).toContain('"status":413');
  expect(program.printed().match(/"refusals\.many"/g)).toHaveLength(1);
});

test("an answer passes through piece by piece, while it is still being made (A1)", async () => {
  let more: (text: string | null) => void = () => undefined;
  const { broker } = await brokerWorld((_request, response) => {
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
  const { broker } = await brokerWorld((_request, response) => {
    response.writeHead(200, { "content-length": "100" });
    response.write("half");
    setImmediate(() => response.destroy());
  });
  const { dir } = await broker.open({ name: "life", token: "t" });

  await expect(ask(join(dir, "broker.sock"), "/v1/messages")).rejects.toThrow(/aborted|hang up/);
});

test("a body above the limit is refused, announced or not (S6)", async () => {
  const { broker } = await brokerWorld(echo);
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
  const { broker, product } = await brokerWorld(echo);
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
