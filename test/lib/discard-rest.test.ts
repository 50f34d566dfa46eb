import { once } from "node:events";
import { createServer } from "node:http";
import { type AddressInfo, connect } from "node:net";
import { expect, onTestFinished, test } from "vitest";
import { awaitFact } from "../../src/lib/await-fact.ts";
import { discardRest } from "../../src/lib/discard-rest.ts";

const megabyte = "x".repeat(1024 * 1024);

async function refusing() {
  const server = createServer((request, response) => {
    discardRest(request);
    response.writeHead(413).end("too much");
  });
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  onTestFinished(() => server.closeAllConnections());
  onTestFinished(() => void server.close());
  // A server that listens on TCP has an address with a port.
  const { port } = server.address() as AddressInfo;
  const socket = connect(port, "127.0.0.1");
  let heard = "";
  let isCut = false;
  socket.on("data", (data) => {
    heard += data;
  });
  socket.on("error", () => {});
  socket.on("close", () => {
    isCut = true;
  });
  const begin = (megabytes: number) =>
    socket.write(
      `POST / HTTP/1.1\r\nhost: x\r\ncontent-length: ${megabytes * megabyte.length}\r\n\r\n${megabyte}`,
    );
  const answers = (count: number) =>
    awaitFact(
      "it is answered",
      () => heard.split("413 ").length - 1,
      (seen) => seen === count,
    );
  return { socket, begin, answers, isCut: () => isCut };
}

test("who is refused while it sends can finish, and its connection serves the next request (A4)", async () => {
  const { socket, begin, answers, isCut } = await refusing();

  begin(5);
  await answers(1);
  for (let sent = 1; sent < 5; sent += 1) socket.write(megabyte);
  begin(1);
  await answers(2);

  expect(isCut()).toBe(false);
});

test("who goes on and on is cut off (S5)", async () => {
  const { socket, begin, answers, isCut } = await refusing();

  begin(1_000);
  await answers(1);
  for (let sent = 0; sent < 70; sent += 1) socket.write(megabyte);

  await awaitFact("the connection is cut", isCut, (cut) => cut);
});
