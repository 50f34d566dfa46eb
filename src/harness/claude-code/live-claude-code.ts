import { doorAt } from "../door.ts";
import { createFactoryApi, judgeApiError, type LifeStart } from "../factory-api.ts";
import { nextStep } from "../next-step.ts";
import { type LifeOptions, readToken } from "../runner.ts";
import { createTalk } from "../talk.ts";
import { newestTurn, nextSeq } from "../transcript.ts";
import { waitForNews } from "../wait-for-news.ts";
import { throughWeather } from "../weather.ts";
import { requireClaudeCode } from "./claude-version.ts";
import { createConversing } from "./converse.ts";
import { createLocalJournal } from "./local-journal.ts";
import { mendCalls } from "./mend-calls.ts";
import { startRelay } from "./relay.ts";

// Claude Code under the product's wrapper: the same life as the built-in runner's, with the same
// conversation, stored turn by turn. It has no state that counts; killed at any point, the next life
// goes on from what is stored, whichever harness lives it.

export type ClaudeCodeOptions = LifeOptions & {
  /** Absolute path of its program; empty: the host found none. */
  readonly program: string;
  /** Of the cell: nothing in it is secret, and its HOME is private to this life. */
  readonly environment: NodeJS.ProcessEnv;
};

/** @throws {RunnerEnd} always: that is how a life ends */
export async function liveClaudeCode(options: ClaudeCodeOptions): Promise<never> {
  const { brokerDir, patience, pane, program } = options;
  const version = await requireClaudeCode(program);
  const token = readToken(`${brokerDir}/token`);
  const socketPath = `${brokerDir}/broker.sock`;
  const relay = await startRelay({ socketPath, token });
  const door = doorAt(socketPath, token);
  const api = createFactoryApi(door);
  const start = await throughWeather("starting", api.start, judgeApiError, { pane, patience });
  const patient = { ...patience, totalMs: start.limits.patienceMs };
  const around = { pane, patience: patient, api };
  pane.heading(`${start.agent}.${start.life} · ${start.role} · ${start.model}`);
  pane.note(`${start.nextSeq} turns stored; Claude Code ${version}`);
  const journal = createLocalJournal(around);
  const talk = createTalk(start, around);
  const converse = createConversing({
    ...{ start, talk, journal, relay, around },
    program: { ...options, version, url: relay.url, retries: patience.attempts - 1 },
  });
  const mend = { ...around, journal, door };
  return await go(start, talk, { converse, mend, around });
}

type Parts = {
  readonly converse: () => Promise<void>;
  readonly mend: Parameters<typeof mendCalls>[1];
  readonly around: Parameters<typeof waitForNews>[2];
};

async function go(
  { limits }: LifeStart,
  talk: ReturnType<typeof createTalk>,
  { converse, mend, around }: Parts,
): Promise<never> {
  for (;;) {
    const step = nextStep(newestTurn(talk.transcript()));
    switch (step.kind) {
      case "ask":
        await converse();
        break;
      case "runTools":
        await talk.add({ role: "user", content: await mendCalls(step.calls, mend) });
        break;
      case "tell":
        await talk.add({ role: "user", content: step.text });
        break;
      case "wait": {
        const news = await waitForNews(limits.idleMs, nextSeq(talk.transcript()), around);
        if (news.kind === "mail") await talk.add({ role: "user", content: news.text });
        else talk.takeOver(news.start);
        break;
      }
      default:
        step satisfies never;
    }
  }
}
