// An agent played by a test: its turns, calls and mail are stored as the runner's and the web
// process's would be.

import { randomUUID } from "node:crypto";
import type { AgentKey, LifeIdentity } from "../../src/domain/agent.ts";
import { agentWaits, lifeStarted } from "../../src/domain/decide-agent.ts";
import { mailTurn, takeMailNotes } from "../../src/http/mail-turn.ts";
import { awaitFact } from "../../src/lib/await-fact.ts";
import { shortId } from "../../src/lib/ids.ts";
import { tools } from "../../src/tools/index.ts";
import { defaultToolLimits, runTool } from "../../src/tools/run-tool.ts";
import { rules } from "../support/store.ts";
import type { LittleFactory } from "./little-factory.ts";

export type ActedAgent = {
  /** Asks for one tool and gets its answer; a refusal fails the test. */
  readonly call: (tool: string, input: object) => Promise<Record<string, unknown>>;
  /** Reads the mail there is, as a turn. */
  readonly readMail: () => Promise<void>;
  /** Ends its turn: it has nothing more to do until there is mail. */
  readonly rest: () => Promise<void>;
};

/** Waits for the agent's life and plays it. */
export async function actAs(
  factory: LittleFactory,
  epicId: number,
  key: AgentKey,
): Promise<ActedAgent> {
  const life = await lifeOf(factory, epicId, key);
  const { conversations, epics, modelCalls } = factory.store;
  let last: "user" | "assistant" = "assistant";
  const add = async (role: "user" | "assistant", content: unknown): Promise<void> => {
    const seq = (await conversations.turns(epicId, key)).length;
    if (!(await conversations.append(life, seq, { role, content })))
      throw new Error(`${key} has a newer life`);
    last = role;
  };
  const answer = async (content: unknown): Promise<void> => {
    const numbers = { tokensIn: 10, tokensOut: 5, cacheRead: 0, cacheWritten: 0, latencyMs: 1 };
    await modelCalls.record({
      callId: randomUUID(),
      life,
      model: "model",
      status: 200,
      cost: null,
      counted: 0,
      attempt: 1,
      cacheWritten1h: 0,
      ...numbers,
    });
    await add("assistant", content);
  };
  const endTurn = async (): Promise<void> => {
    if (last === "user") await answer([{ type: "text", text: "I wait." }]);
  };
  await add("user", "Begin.");
  return {
    call: async (tool, input) => {
      const callId = `toolu_${shortId()}`;
      await answer([{ type: "tool_use", id: callId, name: tool, input }]);
      const request = { life, tool, input, callId };
      const onRefused = () => {};
      const ports = {
        ...{ tools, epics, conversations, onRefused, limits: defaultToolLimits },
        ...{ deniedTools: [], profiles: rules, newApprovalId: shortId, redact: String },
      };
      const reply = await whilePumping(factory, runTool(request, ports));
      const content = JSON.stringify(reply.content);
      await add("user", [{ type: "tool_result", tool_use_id: callId, content }]);
      if (reply.isError) throw new Error(`${key} was refused ${tool}: ${content}`);
      // Every tool's answer is an object of its own.
      return reply.content as Record<string, unknown>;
    },
    readMail: async () => {
      await endTurn();
      const { length: seq } = await conversations.turns(epicId, key);
      const turn = await epics.change(epicId, { what: "mail read", actor: key }, (view) => {
        const mail = view.unreadMail.filter(({ to }) => to === key);
        const taken = mailTurn(
          seq,
          mail.map(({ subject, body }) => `${subject}: ${body}`).join("\n"),
        );
        const ids = mail.map(({ id }) => id);
        return {
          decision: agentWaits(view, key, false),
          notes: takeMailNotes(life, ids, taken),
          result: taken,
        };
      });
      await add("user", turn.text === "" ? "Nothing new." : turn.text);
    },
    rest: async () => {
      await endTurn();
      await epics.change(epicId, { what: "agent waits", actor: key }, (view) => ({
        decision: agentWaits(view, key, true),
        result: null,
      }));
    },
  };
}

async function lifeOf(
  factory: LittleFactory,
  epicId: number,
  key: AgentKey,
): Promise<LifeIdentity> {
  const row = await awaitFact(
    `${key} lives`,
    async () => {
      await factory.pump();
      return await factory.store.lives.newest(epicId, key);
    },
    (newest) => newest !== null,
    { limitMs: 60_000 },
  );
  if (row === null) throw new Error(`${key} has no life`);
  const { role, life } = row;
  const task = key === "supervisor" ? null : Number(key.slice("worker/".length));
  await factory.store.epics.change(
    epicId,
    { what: `life ${row.name} started`, actor: key },
    (view) => ({
      decision: lifeStarted(view, key, life),
      result: null,
    }),
  );
  return { epicId, agent: key, role, task, life };
}

/** A tool may wait for its host, which is pumped here. */
async function whilePumping<Result>(
  factory: LittleFactory,
  work: Promise<Result>,
): Promise<Result> {
  let isOver = false;
  const watched = work.finally(() => {
    isOver = true;
  });
  await awaitFact(
    "the tool has answered",
    () => factory.pump().then(() => isOver),
    (over) => over,
    { limitMs: 60_000, everyMs: 5 },
  );
  return await watched;
}
