import {
  chownSync,
  existsSync,
  mkdirSync,
  readFileSync,
  renameSync,
  rmSync,
  statSync,
  writeFileSync,
} from "node:fs";
import { join } from "node:path";
import { expect, test } from "vitest";
import { createBroker } from "../../src/adapters/broker/broker.ts";
import { awaitFact } from "../../src/lib/await-fact.ts";
import { temporaryFolder } from "../support/temporary-folder.ts";
import { ask, startBrokerProgram } from "./broker-program.ts";
import { brokerWorld, closers, echo } from "./broker-world.ts";

test("lives come and go, each with a folder of its own that only its owner reads (S2)", async () => {
  const { broker, dir } = await brokerWorld(echo);
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
  const { broker, dir, product, program } = await brokerWorld(echo);
  const life = await broker.open({ name: "life", token: "t" });
  await program.stop("SIGKILL");

  await expect(broker.list()).rejects.toMatchObject({ port: "broker", retryable: true });
  const next = await startBrokerProgram(dir, product.url);
  closers.push(() => next.stop());

  expect(await broker.list()).toEqual(["life"]);
  expect((await ask(join(life.dir, "broker.sock"), "/mcp")).status).toBe(207);
});

test("a life whose folder is broken keeps no other from being found again, and is told (R9)", async () => {
  const { broker, dir, product, program } = await brokerWorld(echo);
  const broken = await broker.open({ name: "a-broken", token: "t" });
  const life = await broker.open({ name: "life", token: "t" });
  await program.stop("SIGKILL");
  rmSync(join(broken.dir, "broker.sock"));
  mkdirSync(join(broken.dir, "broker.sock", "deep"), { recursive: true });
  writeFileSync(join(dir, "lives", "stray"), "no folder");

  const next = await startBrokerProgram(dir, product.url);
  closers.push(() => next.stop());

  expect(await broker.list()).toEqual(["life"]);
  expect((await ask(join(life.dir, "broker.sock"), "/mcp")).status).toBe(207);
  for (const name of ["a-broken", "stray"]) expect(next.printed()).toContain(name);
});

test("a socket that cannot be removed at its time does not end the broker, and is told (R9)", async () => {
  const { broker, program } = await brokerWorld(echo);
  const body = JSON.stringify({ token: null, registries: true, forMs: 300 });
  await ask(program.controlSocket, "/lives/short", { method: "PUT", body });
  const lives = join(program.controlSocket, "..", "lives");
  // A folder cannot be removed from a place that is none any more.
  renameSync(lives, `${lives}-away`);
  writeFileSync(lives, "");

  await awaitFact(
    "the broker says what went wrong",
    () => program.printed(),
    (text) => text.includes("short"),
  );

  expect(await broker.list()).toEqual([]);
});

test("what comes into a life's folder belongs to whom the folder was given, also after a kill (S5)", async () => {
  const { broker, dir, product, program } = await brokerWorld(echo);
  const life = await broker.open({ name: "life", token: "t" });
  const owner = process.getuid?.() === 0 ? 200_001 : Number(process.getuid?.());
  chownSync(life.dir, owner, owner);
  await program.stop("SIGKILL");

  const next = await startBrokerProgram(dir, product.url);
  closers.push(() => next.stop());
  await broker.open({ name: "life", token: "another" });

  for (const name of ["token", "broker.sock"])
    expect(statSync(join(life.dir, name)).uid).toBe(owner);
});

test("a broker that is told to stop lets requests end and exits cleanly (R9)", async () => {
  let release: () => void = () => undefined;
  const { broker, dir, program } = await brokerWorld((_request, response) => {
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
  const { broker, program } = await brokerWorld(echo);
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
  const { broker } = await brokerWorld(echo, join(deep, "b"));

  const { dir } = await broker.open({ name: "x".repeat(80), token: "t" });

  expect(existsSync(join(dir, "broker.sock"))).toBe(true);
  expect(() => createBroker({ controlSocket: `${deep}-longer/control.sock` })).toThrow(
    "longer than 107 bytes",
  );
});

function modeOf(path: string): number {
  return statSync(path).mode & 0o777;
}

test("the broker says whether the product is ready, by the way that cells take (R6)", async () => {
  const asked: (string | undefined)[] = [];
  let status = 200;
  const { broker, product } = await brokerWorld(({ url }, response) => {
    asked.push(url);
    response.writeHead(status).end();
  });
  await broker.reachProduct();
  expect(asked).toEqual(["/health/ready"]);

  status = 503;
  const busy = { port: "broker", retryable: true, message: expect.stringContaining("answers 503") };
  await expect(broker.reachProduct()).rejects.toMatchObject(busy);

  product.server.close();
  product.server.closeAllConnections();
  const away = { ...busy, message: expect.stringContaining("does not answer") };
  await expect(broker.reachProduct()).rejects.toMatchObject(away);
});
