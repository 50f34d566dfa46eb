import { createServer, type RequestListener } from "node:http";
import { join } from "node:path";
import { expect, onTestFinished, test } from "vitest";
import { type Door, doorAt } from "../../src/harness/door.ts";
import { temporaryFolder } from "../support/temporary-folder.ts";

async function behind(answer: RequestListener, silenceMs?: number): Promise<Door> {
  const socket = join(temporaryFolder(), "socket");
  const server = createServer(answer);
  await new Promise<void>((resolve) => server.listen(socket, resolve));
  onTestFinished(() => {
    server.close();
    server.closeAllConnections();
  });
  return doorAt(socket, "token", silenceMs);
}

test("a request goes through the socket, and its answer comes as from fetch (A1)", async () => {
  const { baseUrl, fetch } = await behind((req, res) => {
    res.writeHead(201, { "x-seen": `${req.method} ${req.url} ${req.headers["x-a"]}` });
    req.pipe(res);
  });

  const response = await fetch(`${baseUrl}/agent/turns?x=1`, {
    method: "POST",
    headers: { "x-a": "b" },
    body: "a turn",
  });

  expect(response.status).toBe(201);
  expect(response.headers.get("x-seen")).toBe("POST /agent/turns?x=1 b");
  expect(await response.text()).toBe("a turn");
});

test("what is given up fails with its own reason, before and after an answer has begun (A1)", async () => {
  const { baseUrl, fetch } = await behind((req, res) => {
    if (req.url === "/begun") res.write("once upon");
  });
  const before = new AbortController();
  const after = new AbortController();

  const silent = expect(fetch(baseUrl, { signal: before.signal })).rejects.toThrow("no patience");
  before.abort(new Error("no patience"));
  const begun = await fetch(`${baseUrl}/begun`, { signal: after.signal });
  after.abort(new Error("enough of it"));

  await silent;
  await expect(begun.text()).rejects.toThrow("enough of it");
  await expect(
    fetch(baseUrl, { signal: AbortSignal.abort(new Error("too late")) }),
  ).rejects.toThrow("too late");
});

test("an answer that falls silent is given up in the end (A1)", async () => {
  const { baseUrl, fetch } = await behind((_, res) => res.write("once upon"), 50);

  const begun = await fetch(baseUrl);

  await expect(begun.text()).rejects.toThrow("nothing came for 50 ms");
});

test("a socket that leads nowhere is an error like a broken connection (A1)", async () => {
  const { baseUrl, fetch } = doorAt(join(temporaryFolder(), "nobody"), "token");

  await expect(fetch(baseUrl)).rejects.toThrow("ENOENT");
});
