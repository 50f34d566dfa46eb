import pino from "pino";
import { openDatabase } from "../../src/adapters/postgres/database.ts";
import type { Delivery } from "../../src/ports/spine.ts";
import type { Store } from "../../src/ports/store.ts";
import { openTestStore } from "../support/store.ts";

export type WaitingInbox = {
  readonly store: Store;
  readonly log: pino.Logger;
  /** Every line that was logged. */
  readonly logged: readonly { readonly msg: string; readonly delivery?: string }[];
  /** Stores deliveries of one repository, in this order. */
  readonly put: (...guids: readonly string[]) => Promise<void>;
  /** Stores one of another repository. */
  readonly putElsewhere: (guid: string) => Promise<void>;
  /** What the row of a delivery says. */
  readonly row: (guid: string) => Promise<InboxRow>;
  /** Lets time pass for whatever waits: what was due or done some time from now is so already. */
  readonly pass: (ms: number) => Promise<void>;
  readonly close: () => Promise<void>;
};

export type InboxRow = {
  readonly state: string;
  readonly attempts: number;
  readonly claims: number;
  readonly error: string | null;
  /** From now on. */
  readonly dueInMs: number;
};

/** The real inbox on a database of its own, with its time in the test's hands. */
export async function openWaitingInbox(): Promise<WaitingInbox> {
  const { store, databaseUrl } = await openTestStore();
  const { db, pool } = openDatabase(databaseUrl);
  const logged: { msg: string }[] = [];
  return {
    store,
    logged,
    log: pino({}, { write: (line: string) => void logged.push(JSON.parse(line)) }),
    put: async (...guids) => {
      for (const guid of guids) await store.inbox.store(deliveryOf(guid));
    },
    putElsewhere: async (guid) => {
      await store.inbox.store({ ...deliveryOf(guid), payload: { repository: { id: 2 } } });
    },
    row: async (guid) => {
      const { rows } = await pool.query(
        `select state, attempts, claims, error,
                (extract(epoch from due_at - now()) * 1000)::float8 as "dueInMs"
           from deliveries where guid = $1`,
        [guid],
      );
      return rows[0];
    },
    pass: async (ms) => {
      await pool.query(
        `update deliveries set due_at = due_at - $1 * interval '1 ms',
                failing_since = failing_since - $1 * interval '1 ms'`,
        [ms],
      );
    },
    close: async () => {
      await db.destroy();
      await store.close();
    },
  };
}

function deliveryOf(guid: string): Delivery {
  return { guid, event: "issues", action: "labeled", payload: { repository: { id: 1 } } };
}
