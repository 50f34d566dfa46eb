import { once } from "node:events";
import { readFileSync } from "node:fs";
import { type IncomingMessage, request, type ServerResponse } from "node:http";
import { join } from "node:path";
import { Readable } from "node:stream";
import { expect, test } from "vitest";
import { createBroker } from "../../src/adapters/broker/broker.ts";
import { startLocalRegistry } from "../dependencies/local-registry.ts";
import { temporaryFolder } from "../support/temporary-folder.ts";
import { startBrokerProgram } from "./broker-program.ts";
import { closers } from "./broker-world.ts";

const asks = 12;
const lines = 160_000;
const line =
  '<a href="https://files.pythonhosted.org/packages/a/x-1.0.0.whl#sha256=1">x-1.0.0</a>\n';
const door = "http://localhost";
const rewritten = line.replace("https://files.pythonhosted.org/", `${door}/registry/pypi-files/`);

function serveIndex(_request: IncomingMessage, response: ServerResponse): boolean {
  response.writeHead(200, { "content-type": "text/html" });
  Readable.from(page()).pipe(response);
  return true;
}

function* page(): Generator<string> {
  for (let at = 0; at < lines; at += 1_000) yield line.repeat(1_000);
}

function peakMegabytes(pid: number): number {
  const [, kilobytes = "0"] =
    /^VmHWM:\s+(\d+)/m.exec(readFileSync(`/proc/${pid}/status`, "utf8")) ?? [];
  return Number(kilobytes) / 1024;
}

async function open(socketPath: string): Promise<IncomingMessage> {
  const call = request({ socketPath, path: "/registry/pypi/simple/x/" });
  call.end();
  const [reply]: IncomingMessage[] = await once(call, "response");
  return reply ?? expect.fail("no answer");
}

/** Its length, and whether every line leads back through the door. */
async function read(reply: IncomingMessage): Promise<{ length: number; isRight: boolean }> {
  let rest = "";
  let length = 0;
  let isRight = true;
  for await (const chunk of reply) {
    rest += chunk;
    length += chunk.length;
    const whole = Math.floor(rest.length / rewritten.length) * rewritten.length;
    isRight &&= rest.slice(0, whole) === rewritten.repeat(whole / rewritten.length);
    rest = rest.slice(whole);
  }
  return { length, isRight: isRight && rest === "" };
}

test("however many large indexes a cell asks for at once, they fill no memory of the broker (Q3b, S5)", async () => {
  const registry = await startLocalRegistry([], serveIndex);
  const program = await startBrokerProgram(join(temporaryFolder(), "b"), "http://127.0.0.1:9", [], {
    REGISTRIES: `pypi=${registry.url}`,
    REGISTRY_PRIVATE_HOSTS: "127.0.0.1",
  });
  closers.push(
    () => registry.close(),
    () => program.stop("SIGKILL"),
  );
  const broker = createBroker({ controlSocket: program.controlSocket });
  const { dir } = await broker.openRegistries("setup-1", 60_000);
  const pid = program.child.pid ?? 0;
  const before = peakMegabytes(pid);

  const replies = await Promise.all(
    Array.from({ length: asks }, () => open(join(dir, "broker.sock"))),
  );
  // One after the other: those that nobody reads yet must not be read ahead of.
  const all = [];
  for (const reply of replies) all.push(await read(reply));

  const size = lines * rewritten.length;
  expect(all).toEqual(Array.from({ length: asks }, () => ({ length: size, isRight: true })));
  expect(peakMegabytes(pid) - before).toBeLessThan(100);
});
