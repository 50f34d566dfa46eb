import { once } from "node:events";
import { connect } from "node:net";
import { setTimeout as sleep } from "node:timers/promises";
import { openDatabase } from "../adapters/postgres/database.ts";
import { createQueues } from "../adapters/queues/queues.ts";
import type { Config } from "../config.ts";
import { awaitFact } from "../lib/await-fact.ts";
import { type Finding, ok, reasonOf } from "./finding.ts";

const answerLimitMs = 3_000;

/** PostgreSQL, where it is set. */
export async function checkDatabase({ DATABASE_URL }: Config): Promise<readonly Finding[]> {
  const name = "database";
  if (DATABASE_URL === undefined) return [notSet(name, "DATABASE_URL")];
  const { db, pool } = openDatabase(DATABASE_URL.reveal());
  const mend = "Start PostgreSQL, or correct DATABASE_URL.";
  try {
    return [
      await reach(name, mend, async () => {
        await pool.query("select 1");
        return "PostgreSQL answers";
      }),
    ];
  } finally {
    await db.destroy();
  }
}

/** Redis, where it is set. */
export async function checkRedis(config: Config): Promise<readonly Finding[]> {
  const name = "redis";
  if (config.REDIS_URL === undefined) return [notSet(name, "REDIS_URL")];
  const queues = createQueues(config.REDIS_URL.reveal(), {
    host: config.HOST_NAME,
    prefix: config.REDIS_PREFIX,
  });
  try {
    return [
      await reach(name, "Start Redis, or correct REDIS_URL.", async () => {
        // Not yet connected counts as no answer there.
        const isThere = () => queues.ping().then(() => "Redis answers");
        return await awaitFact("Redis answers", isThere, Boolean, { limitMs: answerLimitMs });
      }),
    ];
  } finally {
    await queues.close();
  }
}

/** The way out of cells, where it is set: a host waits for it, so it is no reason not to start. */
export async function checkBroker({ BROKER_SOCKET: socket }: Config): Promise<readonly Finding[]> {
  const name = "broker";
  const mend =
    "Start the broker of this host as README.md says, and set BROKER_SOCKET to its socket.";
  const missing = (says: string): Finding => ({ name, state: "warning", says, mend });
  if (socket === undefined) return [missing("BROKER_SOCKET is not set; the demo brings its own")];
  const connection = connect(socket);
  connection.setTimeout(answerLimitMs, () => connection.destroy(new Error("no answer")));
  const isThere = await once(connection, "connect").then(
    () => true,
    () => false,
  );
  connection.destroy();
  return [isThere ? ok(name, "answers") : missing("nothing answers at BROKER_SOCKET")];
}

/** The App's credentials as far as they can be judged here, and the way to GitHub. */
export async function checkGitHub(config: Config): Promise<readonly Finding[]> {
  const { APP_ID, PRIVATE_KEY, WEBHOOK_SECRET, GHE_HOST, GHE_PROTOCOL } = config;
  const missing = Object.entries({ APP_ID, PRIVATE_KEY, WEBHOOK_SECRET })
    .filter(([, value]) => value === undefined)
    .map(([variable]) => variable);
  const mend = "Register the App: `npm start` without these serves a page that does it.";
  const credentials: Finding =
    missing.length > 0
      ? { name: "github app", state: "warning", says: `not set: ${missing.join(", ")}`, mend }
      : ok("github app", "credentials are set");
  const url =
    GHE_HOST === undefined ? "https://api.github.com" : `${GHE_PROTOCOL}://${GHE_HOST}/api/v3`;
  const way = "Let this machine reach it, or correct GHE_HOST and GHE_PROTOCOL.";
  if (missing.length > 0) return [credentials];
  return [credentials, await reach("github", way, () => answers(url))];
}

/** The model provider. */
export async function checkModel(config: Config): Promise<readonly Finding[]> {
  const { ANTHROPIC_API_KEY, ANTHROPIC_AUTH_TOKEN, ANTHROPIC_BASE_URL } = config;
  const mend = "Set ANTHROPIC_API_KEY or ANTHROPIC_AUTH_TOKEN: one of them pays for the models.";
  const isPaid = ANTHROPIC_API_KEY !== undefined || ANTHROPIC_AUTH_TOKEN !== undefined;
  const credential: Finding = isPaid
    ? ok("model key", "is set")
    : { name: "model key", state: "warning", says: "is not set", mend };
  const way = "Let this machine reach it, or correct ANTHROPIC_BASE_URL.";
  if (!isPaid) return [credential];
  return [credential, await reach("model", way, () => answers(ANTHROPIC_BASE_URL))];
}

/** Any answer will do: whether it is a welcome one, the product finds out with its credentials. */
async function answers(url: string): Promise<string> {
  const { status } = await fetch(url, {
    method: "HEAD",
    redirect: "manual",
    signal: AbortSignal.timeout(answerLimitMs),
  });
  return `${new URL(url).host} answers (${status})`;
}

async function reach(name: string, mend: string, work: () => Promise<string>): Promise<Finding> {
  try {
    return ok(name, await Promise.race([work(), late()]));
  } catch (error) {
    return { name, state: "error", says: `cannot be reached: ${reasonOf(error)}`, mend };
  }
}

async function late(): Promise<never> {
  await sleep(answerLimitMs + 500, null, { ref: false });
  throw new Error(`no answer within ${answerLimitMs} ms`);
}

function notSet(name: string, variable: string): Finding {
  const says = `${variable} is not set; \`npm run dev\` and the demo bring their own`;
  return { name, state: "warning", says, mend: `Set ${variable} for \`npm start\`.` };
}
