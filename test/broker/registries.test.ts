import { join } from "node:path";
import { expect, test } from "vitest";
import { createBroker } from "../../src/adapters/broker/broker.ts";
import { isPublicAddress } from "../../src/broker/public-address.ts";
import { readRegistrySource } from "../../src/broker/registry-source.ts";
import { awaitFact } from "../../src/lib/await-fact.ts";
import { parseRegistries } from "../../src/lib/registries.ts";
import { startLocalRegistry } from "../dependencies/local-registry.ts";
import { temporaryFolder } from "../support/temporary-folder.ts";
import { ask, startBrokerProgram } from "./broker-program.ts";
import { closers } from "./broker-world.ts";

const shop = { name: "left", version: "1.0.0", files: { "index.js": "module.exports = 1;\n" } };
type Other = Parameters<typeof startLocalRegistry>[1];

/** A broker in front of a registry on this machine, named as its operator names it. */
async function registryWorld(change: NodeJS.ProcessEnv = {}, other?: Other) {
  const registry = await startLocalRegistry([shop], other);
  const dir = join(temporaryFolder(), "b");
  const environment = {
    REGISTRIES: `npm=${registry.url},pypi=${registry.url},go=off,crates=http://localhost:1/index`,
    REGISTRY_PRIVATE_HOSTS: "127.0.0.1",
    ...change,
  };
  const program = await startBrokerProgram(dir, "http://127.0.0.1:9", [], environment);
  closers.push(
    () => registry.close(),
    () => program.stop("SIGKILL"),
  );
  const broker = createBroker({ controlSocket: program.controlSocket });
  const { dir: folder } = await broker.openRegistries("setup-1", 60_000);
  const socket = join(folder, "broker.sock");
  return { registry, program, broker, socket, dir };
}

test("a cell that may reads packages, and none of its credentials arrive (Q3b, S5)", async () => {
  const { registry, socket } = await registryWorld();

  const document = await ask(socket, "/registry/npm/left", {
    headers: { authorization: "Bearer x", cookie: "a=b", accept: "application/json" },
  });
  const head = await ask(socket, "/registry/npm/left/-/left-1.0.0.tgz", { method: "HEAD" });

  expect(document.status).toBe(200);
  expect(JSON.parse(document.body)).toMatchObject({ name: "left" });
  expect(head).toMatchObject({ status: 200, body: "" });
  expect(registry.asked).toEqual(["GET /left", "HEAD /left/-/left-1.0.0.tgz"]);
  expect(Object.keys(registry.lastHeaders())).not.toContain("authorization");
  expect(Object.keys(registry.lastHeaders())).not.toContain("cookie");
});

test("nothing is published, searched elsewhere or reached beside the list, and the log says so (Q3b, S5)", async () => {
  const { registry, program, socket } = await registryWorld();
  const status = async (path: string, method = "GET") =>
    (await ask(socket, path, { method, ...(/^P/.test(method) ? { body: "x" } : {}) })).status;

  expect(await status("/registry/npm/left", "PUT")).toBe(405);
  expect(await status("/registry/npm/-/v1/login", "POST")).toBe(405);
  expect(await status("/registry/npm/left", "DELETE")).toBe(405);
  expect(await status("/registry/other/left")).toBe(404);
  expect(await status("/registry/go/x")).toBe(404);
  expect(await status("/registry/crates/../secret")).toBe(403);
  expect(await status("/registry/crates/%2e%2e/secret")).toBe(403);
  expect(await status(`/registry/npm/${"x".repeat(3_000)}`)).toBe(414);
  expect(registry.asked).toEqual([]);
  const refusals = await awaitFact(
    "the log has come as far as the answers",
    () => program.printed().match(/"registry\.refused"/g) ?? [],
    (lines) => lines.length >= 8,
  );
  expect(refusals).toHaveLength(8);
});

test("what a registry may read as another path than the broker is refused; scopes and versions are not (Q3b, S5)", async () => {
  const { registry, socket } = await registryWorld({}, (_request, response) => {
    response.end("reached");
    return true;
  });
  const status = async (path: string) => (await ask(socket, `/registry/npm${path}`)).status;
  const tricks = [
    ...[
      "/..%2fsecret",
      "/%2e%2e%2fsecret",
      "/x/..%2F..%2Fsecret",
      "/.%2e%5csecret",
      "/..%5Csecret",
    ],
    ...["/..%252fsecret", "/%252e%252e/secret", "/..;/secret", "/..;a=b/secret", "/left%2fright"],
    ...["/@scope%2f..%2fsecret", "/@scope%2f../..%2fsecret", "/@..%2fsecret", "/@scope%2f.hidden"],
    ...["/x%00y", "/x%0d%0asecret", "/left%2ejs"],
  ];
  const right = [
    ...[
      "/@scope%2fname",
      "/@scope%2Fname/1.0.0",
      "/%40scope%2fname",
      "/-/package/@scope%2fname/dist-tags",
    ],
    ...["/@scope/name/-/name-1.0.0.tgz", "/left/-/left-1.0.0%2Bbuild.tgz", "/left?write=%2e%2f"],
  ];

  for (const path of tricks) expect([path, await status(path)]).toEqual([path, 403]);
  expect(registry.asked).toEqual([]);
  for (const path of right) expect([path, await status(path)]).toEqual([path, 200]);
});

test("a life's socket reads no packages unless it was opened for it, and a setup's reaches nothing else (Q3b, S5)", async () => {
  const { broker, socket } = await registryWorld();
  const { dir: closed } = await broker.open({ name: "life-1", token: "t" });
  const { dir: opened } = await broker.open({ name: "life-2", token: "t", registries: true });
  const status = async (dir: string) =>
    (await ask(join(dir, "broker.sock"), "/registry/npm/left")).status;

  expect(await status(closed)).toBe(404);
  expect(await status(opened)).toBe(200);
  expect((await ask(socket, "/mcp")).status).toBe(404);
  expect(await broker.list()).toEqual(["life-1", "life-2"]);
});

test("what a socket may use outlives a restart of the broker, and a setup's closes by itself (Q3b)", async () => {
  const { broker, dir, program, registry } = await registryWorld();
  const { dir: opened } = await broker.open({ name: "life-2", token: "t", registries: true });
  await program.stop();
  const again = await startBrokerProgram(dir, "http://127.0.0.1:9", [], {
    REGISTRIES: `npm=${registry.url}`,
    REGISTRY_PRIVATE_HOSTS: "127.0.0.1",
  });
  closers.push(() => again.stop("SIGKILL"));

  expect((await ask(join(opened, "broker.sock"), "/registry/npm/left")).status).toBe(200);
  const { dir: brief } = await broker.openRegistries("setup-2", 50);
  await awaitFact(
    "the socket of the setup is gone",
    () =>
      ask(join(brief, "broker.sock"), "/registry/npm/left").then(
        () => "open",
        () => "gone",
      ),
    (state) => state === "gone",
  );
});

test("a name that resolves into a private network is refused, unless its operator names it (Q3b, S5)", async () => {
  const { socket, registry } = await registryWorld({ REGISTRY_PRIVATE_HOSTS: "" });
  const byName = await registryWorld({ REGISTRY_PRIVATE_HOSTS: "" });

  const literal = await ask(socket, "/registry/npm/left");
  const named = await ask(byName.socket, "/registry/crates/config.json");

  expect(literal.status).toBe(403);
  expect(named).toMatchObject({ status: 403 });
  expect(named.body).toContain("REGISTRY_PRIVATE_HOSTS");
  expect(registry.asked).toEqual([]);
});

test("a redirect is followed inside the list and nowhere else, and not for ever (Q3b)", async () => {
  const { registry, socket } = await registryWorld({}, (request, response) => {
    const [, where] = /^\/go\/(.*)$/.exec(request.url ?? "") ?? [];
    const to = { in: "/left", out: "http://elsewhere.example/left", round: "/go/round" }[
      where ?? ""
    ];
    if (to === undefined) return false;
    response.writeHead(302, { location: to, "set-cookie": "a=b" }).end();
    return true;
  });

  const inside = await ask(socket, "/registry/npm/go/in");
  const outside = await ask(socket, "/registry/npm/go/out");
  const round = await ask(socket, "/registry/npm/go/round");

  expect(inside.status).toBe(200);
  expect(outside).toMatchObject({ status: 403 });
  expect(outside.body).toContain("elsewhere.example");
  expect(round.status).toBe(502);
  expect(registry.asked.filter((line) => line.endsWith("round"))).toHaveLength(6);
});

test("an answer above the size limit never looks whole, and a slow one ends (Q3b)", async () => {
  const { socket } = await registryWorld(
    { REGISTRY_MAX_BYTES: "1000", REGISTRY_TIMEOUT_MS: "200" },
    (request, response) => {
      if (request.url === "/announced") response.end("x".repeat(2_000));
      else if (request.url === "/streamed") {
        response.writeHead(200, { "transfer-encoding": "chunked" });
        response.write("x".repeat(900));
        response.end("x".repeat(900));
      } else if (request.url !== "/slow") return false;
      return true;
    },
  );

  expect((await ask(socket, "/registry/npm/announced")).status).toBe(502);
  expect((await ask(socket, "/registry/npm/slow")).status).toBe(504);
  await expect(ask(socket, "/registry/npm/streamed")).rejects.toThrow(/aborted|hang up/);
});

test("addresses of files in Python's index lead back through the same door (Q3b)", async () => {
  const page = '<a href="https://files.pythonhosted.org/packages/a/x.whl#sha256=1">x</a>';
  const { socket } = await registryWorld({}, (request, response) => {
    if (request.url !== "/simple/x/") return false;
    response.writeHead(200, { "content-type": "text/html; charset=utf-8" }).end(page);
    return true;
  });

  const index = await ask(socket, "/registry/pypi/simple/x/", {
    headers: { host: "127.0.0.1:4873" },
  });

  expect(index.body).toBe(
    '<a href="http://127.0.0.1:4873/registry/pypi-files/packages/a/x.whl#sha256=1">x</a>',
  );
});

test("addresses that are not of the public internet are known, in every way to write them (S5)", () => {
  const inside = [
    ...["127.0.0.1", "10.1.2.3", "172.16.0.1", "192.168.1.1", "169.254.169.254", "0.0.0.0"],
    ...["100.64.0.1", "255.255.255.255", "::1", "::", "fe80::1%eth0", "fd00::1", "ff02::1"],
    ...["::ffff:127.0.0.1", "::ffff:7f00:1", "::ffff:a9fe:a9fe", "64:ff9b::7f00:1", "localhost"],
  ];

  expect(inside.filter(isPublicAddress)).toEqual([]);
  expect(["1.1.1.1", "104.16.0.35", "2606:4700::1", "::ffff:1.1.1.1"].every(isPublicAddress)).toBe(
    true,
  );
});

test("a list of registries that is none is refused by name, before the broker opens (Q3b)", () => {
  const wrong = ["npm", "npm=ftp://x", "npm=https://u:secret@x", "=https://x", "npm=https://x?a=1"];

  for (const REGISTRIES of wrong) {
    expect(() => readRegistrySource({ REGISTRIES })).toThrow(/^REGISTRIES: /);
  }
  expect(() => readRegistrySource({ REGISTRIES: "npm=https://u:secret@x" })).not.toThrow("secret");
  expect(() => readRegistrySource({ REGISTRY_MAX_BYTES: "-1" })).toThrow(/REGISTRY_MAX_BYTES/);
  expect(parseRegistries("npm=https://r.example/npm/").at(0)).toEqual({
    name: "npm",
    url: "https://r.example/npm",
  });
});
