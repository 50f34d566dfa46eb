import { createServer, type IncomingMessage, request } from "node:http";
import type { AddressInfo } from "node:net";
import { setFlagsFromString } from "node:v8";
import { runInNewContext } from "node:vm";
import { expect, onTestFinished, test } from "vitest";
import { createUpstream } from "../../src/gateway/upstream.ts";
import { readBody } from "../../src/http/read-body.ts";
import { awaitFact } from "../../src/lib/await-fact.ts";
import { Secret } from "../../src/lib/secret.ts";
import { startProvider } from "./support/provider.ts";

// Answers stream for minutes, hundreds at once: what was asked must not stay in memory as long.

const size = 200_000;

/** True once the garbage collector has taken it. */
async function isFreed(ref: WeakRef<object>): Promise<boolean> {
  setFlagsFromString("--expose-gc");
  // Node gives a function of that name to contexts made after the flag.
  const collect = runInNewContext("gc") as () => void;
  return await awaitFact(
    "the body is freed",
    async () => {
      collect();
      return ref.deref() === undefined;
    },
    (freed) => freed,
  );
}

test("a request's body is freed while its connection lives on (G1)", async () => {
  const open: IncomingMessage[] = [];
  const bodies: WeakRef<object>[] = [];
  const keep = async (req: IncomingMessage): Promise<void> => {
    const body = await readBody(req, { maxBytes: size, timeoutMs: 10_000 });
    if (body.kind === "read") bodies.push(new WeakRef(body.bytes));
  };
  const server = createServer(async (req, res) => {
    open.push(req);
    await keep(req);
    res.write("the answer begins");
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  onTestFinished(() => server.closeAllConnections());
  onTestFinished(() => void server.close());
  // A server that listens on TCP has an address with a port.
  const { port } = server.address() as AddressInfo;
  const asked = request({ port, method: "POST" });
  asked.end("x".repeat(size));
  await new Promise((resolve) => asked.once("response", resolve));

  expect(await isFreed(bodies[0] ?? expect.fail("no body was read"))).toBe(true);
  expect(open[0]?.socket.destroyed).toBe(false);
});

test("what was sent to the provider is freed while its answer streams (G1)", async () => {
  const provider = await startProvider([(res) => res.write("the answer begins")]);
  const secret = new Secret("none");
  const ask = createUpstream({ baseUrl: provider.url, credential: { kind: "apiKey", secret } });
  const { signal } = new AbortController();
  const send = async () => {
    const body = Buffer.alloc(size, "x");
    const call = { path: "/v1/messages", headers: {}, body, signal, firstByteMs: 10_000 };
    return { answer: await ask(call), ref: new WeakRef(body) };
  };
  const { answer, ref } = await send();

  expect(await isFreed(ref)).toBe(true);
  expect(answer).toMatchObject({ kind: "answer", status: 200, body: { complete: false } });
});
