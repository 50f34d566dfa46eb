import { createServer, type IncomingMessage, type ServerResponse } from "node:http";
import { join } from "node:path";
import { expect, onTestFinished, test } from "vitest";
import { type Relay, startRelay } from "../../../src/harness/claude-code/relay.ts";
import type { Failure } from "../../../src/harness/weather.ts";
import { temporaryFolder } from "../../support/temporary-folder.ts";

type Answer = (body: string, response: ServerResponse, request: IncomingMessage) => void;

/** The relay of a life, in front of a broker that answers so. */
async function relayTo(answer: Answer): Promise<Relay> {
  const socketPath = join(temporaryFolder(), "broker.sock");
  const server = createServer((request, response) => {
    let body = "";
    request.on("data", (chunk) => {
      body += chunk;
    });
    request.on("end", () => answer(body, response, request));
  });
  await new Promise<void>((resolve) => server.listen(socketPath, () => resolve()));
  onTestFinished(() => {
    server.closeAllConnections();
    server.close();
  });
  return await startRelay({ socketPath, token: "token-of-the-life" });
}

const post = (relay: Relay, path: string, body: unknown): Promise<Response> =>
  fetch(relay.url + path, {
    method: "POST",
    headers: { "x-api-key": "in-cell", authorization: "Bearer in-cell" },
    body: JSON.stringify(body),
  });

test("what Claude Code sends goes on with the life's own token, which it does not know (A2, S5)", async () => {
  const seen: object[] = [];
  const relay = await relayTo((body, response, request) => {
    const { authorization } = request.headers;
    seen.push({ url: request.url, body, authorization, key: request.headers["x-api-key"] });
    response.end("streamed");
  });

  const answer = await post(relay, "/v1/messages?beta=true", { model: "m" });

  expect(await answer.text()).toBe("streamed");
  expect(seen).toEqual([
    {
      url: "/v1/messages?beta=true",
      body: '{"model":"m"}',
      authorization: "Bearer token-of-the-life",
      key: undefined,
    },
  ]);
  expect(relay.lastRefusal()).toBeNull();
});

test.each([
  [529, {}, "weather"],
  [401, {}, "fenced"],
  [403, {}, "refused"],
  [429, { "x-factory-hold": "sleep" }, "hold"],
])(
  "a model request answered with %i and %j is remembered as %s (G3)",
  async (status, headers, kind) => {
    const relay = await relayTo((_body, response) => {
      response.writeHead(status, headers).end('{"error":"why"}');
    });

    await (await post(relay, "/v1/messages", {})).text();

    expect(relay.lastRefusal()).toMatchObject({ kind, detail: `${status} {"error":"why"}` });
  },
);

test("a request that is asked to go away is told at once, not after Claude Code's tries (G2, A8)", async () => {
  const relay = await relayTo((_body, response) => {
    response.writeHead(429, { "x-factory-hold": "sleep" }).end("later");
  });
  const held: Failure[] = [];
  relay.onHold((failure) => held.push(failure));

  await (await post(relay, "/v1/messages", {})).text();

  expect(held).toEqual([{ kind: "hold", detail: "429 later" }]);
});

test("a call of a tool that is still at it is waited on under its own id (A8)", async () => {
  const bodies: string[] = [];
  const relay = await relayTo((body, response) => {
    bodies.push(body);
    const text = bodies.length < 3 ? '{"pending":"toolu_1","detail":"later"}' : "committed";
    response.end(JSON.stringify({ result: { content: [{ type: "text", text }] } }));
  });
  const call = {
    method: "tools/call",
    params: { name: "git_commit", _meta: { "claudecode/toolUseId": "toolu_1" } },
  };

  const answer = await (await post(relay, "/mcp", call)).text();

  expect(answer).toContain("committed");
  expect(bodies).toEqual([1, 2, 3].map(() => JSON.stringify(call)));
});

test("a broker that is not there is a broken gateway, and weather (G3)", async () => {
  const relay = await startRelay({ socketPath: join(temporaryFolder(), "none"), token: "t" });

  expect((await post(relay, "/v1/messages", {})).status).toBe(502);
  expect(relay.lastRefusal()).toMatchObject({ kind: "weather" });
  expect((await post(relay, "/mcp", { method: "tools/list" })).status).toBe(502);
});
