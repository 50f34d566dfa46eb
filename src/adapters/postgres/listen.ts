import { EventEmitter, once } from "node:events";
import { sql } from "kysely";
import pg from "pg";
import type { Tx } from "./database.ts";

const channel = "factory_news";
/** A lost notification only delays: whoever waits also looks this often. */
const lookAgainMs = 1_000;
const reconnectMs = 1_000;

/** Tells whoever waits, once this transaction commits, that an agent has mail. */
export async function announceMail(tx: Tx, epicId: number, agent: string): Promise<void> {
  await announce(tx, `mail ${epicId} ${agent}`);
}

/** Tells whoever waits, once this transaction commits, that a tool call has its reply. */
export async function announceReply(tx: Tx, epicId: number, callId: string): Promise<void> {
  await announce(tx, `reply ${epicId} ${callId}`);
}

async function announce(tx: Tx, news: string): Promise<void> {
  await sql`select pg_notify(${channel}, ${news})`.execute(tx);
}

/** One connection that hears what other processes committed. */
export type Listener = {
  /** Calls `look` now and after every piece of news with this text, until it gives an answer. */
  until<Answer>(
    news: string,
    look: () => Promise<Answer | null>,
    waitMs: number,
  ): Promise<Answer | null>;
  close(): Promise<void>;
};

/** Listens on one connection of its own, made at the first wait and made again when it is lost. */
export function createListener(url: string): Listener {
  const news = new EventEmitter();
  news.setMaxListeners(0);
  const connection = keepConnected(url, (text) => news.emit(text));
  return {
    until: async (text, look, waitMs) => {
      const deadline = performance.now() + waitMs;
      await connection.ready();
      for (;;) {
        const heard = new AbortController();
        const remaining = deadline - performance.now();
        const timer = setTimeout(
          () => heard.abort(),
          Math.max(0, Math.min(lookAgainMs, remaining)),
        );
        // Listening starts before the look, so that news in between is not missed.
        const next = once(news, text, { signal: heard.signal }).catch(() => null);
        const answer = await look().catch((error: unknown) => {
          heard.abort();
          clearTimeout(timer);
          throw error;
        });
        if (answer === null && remaining > 0) await next;
        heard.abort();
        clearTimeout(timer);
        if (answer !== null || remaining <= 0) return answer;
      }
    },
    close: connection.close,
  };
}

/** Looking every second still works without it, so a lost connection is only taken up again. */
function keepConnected(url: string, hear: (text: string) => void) {
  let client: pg.Client | null = null;
  let closed = false;
  let timer: NodeJS.Timeout | null = null;
  const again = () => {
    client = null;
    if (!closed && timer === null) timer = setTimeout(() => void connect(), reconnectMs).unref();
  };
  const connect = async () => {
    timer = null;
    const next = new pg.Client({ connectionString: url });
    next.on("error", again);
    next.on("notification", (message) => hear(message.payload ?? ""));
    try {
      await next.connect();
      await next.query(`listen ${channel}`);
      client = next;
      if (closed) await next.end();
    } catch {
      again();
    }
  };
  let first: Promise<void> | null = null;
  return {
    ready: () => {
      first ??= connect();
      return first;
    },
    close: async () => {
      closed = true;
      if (timer) clearTimeout(timer);
      await first;
      await client?.end();
    },
  };
}
