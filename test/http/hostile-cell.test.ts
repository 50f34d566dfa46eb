import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { expect, test } from "vitest";
import { createBroker } from "../../src/adapters/broker/broker.ts";
import { cellOf, cellWorld } from "../adapters/sandbox/cell-world.ts";
import { startBrokerProgram } from "../broker/broker-program.ts";
import { closers } from "../broker/broker-world.ts";
import { takeMessages } from "../support/take-messages.ts";
import { temporaryFolder } from "../support/temporary-folder.ts";
import { atWork, stateOfAgent } from "./support/epic-at-work.ts";
import { strikesOf } from "./support/strikes-of.ts";
import { brokerSecret, type Life, startWeb } from "./support/web.ts";

// Everything here is sent by a program in a real cell, through a real broker.

type Sent = {
  readonly path: string;
  readonly method?: string;
  /** Of the cell's own life where none is named. */
  readonly token?: string;
  /** As it goes over the wire. */
  readonly body?: string;
  /** Repeated so often, where it is large. */
  readonly times?: number;
};

const program = `
const http = require("node:http"), fs = require("node:fs");
const own = fs.readFileSync("/run/factory/token", "utf8");
const ask = ({ path, method = "POST", token = own, body = "", times = 1 }) =>
  new Promise((resolve) => {
    const text = body.replace("REPEATED", "x".repeat(times)).replace("DEEP", () => "[".repeat(times) + "]".repeat(times));
    const headers = { authorization: "Bearer " + token, "content-type": "application/json",
      accept: "application/json, text/event-stream", "content-length": Buffer.byteLength(text),
      "x-factory-life": "somebody-else", "x-factory-broker": "guessed" };
    const call = http.request({ socketPath: "/run/factory/broker.sock", path, method, headers }, (reply) => {
      let said = "";
      reply.on("data", (data) => { said += data; });
      reply.on("end", () => resolve([reply.statusCode, said.slice(0, 2000)]));
    });
    call.on("error", (error) => resolve([0, error.code]));
    call.end(text);
  });
(async () => {
  const answers = [];
  for (const one of JSON.parse(fs.readFileSync(0, "utf8"))) answers.push(await ask(one));
  console.log(JSON.stringify(answers));
})();`;

const mostStrikes = 21;

async function hostile() {
  const web = await startWeb((options) => ({ ...options, maxStrikes: mostStrikes }));
  const { worker, supervisor } = await atWork(web);
  const folder = temporaryFolder();
  const secretFile = join(folder, "secret");
  writeFileSync(secretFile, brokerSecret);
  const dir = join(folder, "b");
  const broker = await startBrokerProgram(dir, web.url, ["--secret-file", secretFile]);
  closers.push(() => broker.stop("SIGKILL"));
  const lives = createBroker({ controlSocket: broker.controlSocket });
  const world = cellWorld();
  await world.sandbox.checkout(world.worktree, world.base);
  const send = async (life: Life, sent: readonly Sent[]) => {
    const { dir: brokerDir } = await lives.open({ name: life.name, token: life.token });
    const limits = { maxOutputBytes: 100_000, stdin: JSON.stringify(sent) };
    const argv = ["node", "-e", program];
    const result = await world.sandbox.run(cellOf(world.worktree, { brokerDir }), argv, limits);
    // The program prints nothing else.
    return JSON.parse(result.stdout.toString()) as readonly (readonly [number, string])[];
  };
  return { web, worker, supervisor, broker, send };
}

function tool(name: string, input: object = {}, _meta: object = {}): string {
  const params = { name, arguments: input, _meta };
  return JSON.stringify({ jsonrpc: "2.0", id: 1, method: "tools/call", params });
}

const question = { model: "model-w", max_tokens: 10, messages: [{ role: "user", content: "x" }] };
const asking = (change: object): string => JSON.stringify({ ...question, ...change });

test("whatever a cell sends that is not its own or is broken is refused with what to do, logged, counted, and ended when it goes on (A5, S5)", async () => {
  const { web, worker, supervisor, send } = await hostile();
  const [mcp, model, turns] = ["/mcp", "/v1/messages", "/agent/turns"];
  const image = { type: "image", source: { type: "url", url: "http://1.2.3.4/" } };
  const tries: readonly (readonly [number, RegExp, Sent])[] = [
    [403, /otherLife/, { path: mcp, token: supervisor.token, body: tool("task_submit") }],
    [403, /another life/, { path: model, token: supervisor.token, body: asking({}) }],
    [401, /unknownToken/, { path: mcp, token: "guessed", body: tool("task_submit") }],
    [401, /authentication_error/, { path: model, token: "x".repeat(300), body: asking({}) }],
    [200, /no-such-tool/, { path: mcp, body: tool("become_root") }],
    [200, /not-permitted/, { path: mcp, body: tool("epic_approve", { task: 2, remarks: "" }) }],
    [200, /wrong-arguments/, { path: mcp, body: tool("task_submit", { summary: 1, task: 2 }) }],
    [
      200,
      /wrong-call-id/,
      { path: mcp, body: tool("task_submit", {}, { "factory/callId": "../x" }) },
    ],
    [
      413,
      /tooLarge/,
      { path: mcp, body: tool("task_submit", { summary: "REPEATED" }), times: 5e6 },
    ],
    [400, /wrongBody/, { path: mcp, body: `[${tool("a")},${tool("b")}]` }],
    [400, /wrongBody/, { path: mcp, body: "{}" }],
    [400, /brokenJson/, { path: mcp, body: '{"jsonrpc": NaN}' }],
    [400, /brokenJson/, { path: mcp, body: '{"params": DEEP}', times: 3_000 }],
    [403, /not model-s/, { path: model, body: asking({ model: "model-s" }) }],
    [
      403,
      /Tools the provider runs/,
      { path: model, body: asking({ tools: [{ type: "web_search_1" }] }) },
    ],
    [403, /by URL are off/, { path: model, body: asking({ messages: [{ content: [image] }] }) }],
    [400, /max_tokens/, { path: model, body: asking({}).replace("10", "1e999") }],
    [400, /max_tokens/, { path: model, body: asking({ max_tokens: -1 }) }],
    [400, /not JSON/, { path: model, body: asking({}).replace("10", "NaN") }],
    [400, /not JSON/, { path: model, body: asking({}).replace('"x"', "DEEP"), times: 3_000 }],
    [400, /wrongBody/, { path: turns, body: '{"seq":1e999,"role":"assistant","content":[]}' }],
    [400, /wrongBody/, { path: turns, body: '{"seq":-1,"role":"assistant","content":[]}' }],
  ];

  const answers = await send(
    worker,
    tries.map(([, , sent]) => sent),
  );

  for (const [index, [status, says, sent]] of tries.entries())
    expect([sent, ...(answers[index] ?? [])]).toEqual([sent, status, expect.stringMatching(says)]);
  // All but the other model's: people may have given the agent another one meanwhile.
  expect(tries.length - 1).toBe(mostStrikes);
  expect(await strikesOf(web, worker)).toBe(mostStrikes);
  expect(await strikesOf(web, supervisor)).toBe(0);
  expect(web.lines.filter(({ event }) => event === "life.strike")).toHaveLength(mostStrikes);
  expect(web.lines.filter(({ event }) => event === "http.broke")).toEqual([]);
  expect(await web.store.modelCalls.left(0)).toEqual([]);
  expect(await stateOfAgent(web, "worker/1")).toBe("RUNNING");

  const more = await send(worker, [
    { path: mcp, body: tool("become_root") },
    { path: model, body: asking({}) },
  ]);

  expect(more.map(([status]) => status)).toEqual([200, 403]);
  expect(await stateOfAgent(web, "worker/1")).toBe("FAILED");
  const told = await takeMessages(web.store, web.epicId);
  expect(told.filter(({ kind }) => kind === "agentFailed")).toHaveLength(1);
});
