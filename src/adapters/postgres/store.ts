import { sql } from "kysely";
import type { Rules } from "../../domain/settle.ts";
import { PortError } from "../../lib/port-error.ts";
import type { Repositories, Store } from "../../ports/store.ts";
import { createConversations } from "./conversations.ts";
import { type Db, guarded, openDatabase, placeOf, reasonOf } from "./database.ts";
import { createEpics, type OnChange } from "./epics.ts";
import { createHealth } from "./health.ts";
import { createInbox } from "./inbox.ts";
import { createLandings } from "./landings.ts";
import { createLeases } from "./leases.ts";
import { createListener } from "./listen.ts";
import { createLives } from "./lives.ts";
import { createLivingTexts } from "./living-texts.ts";
import { createVerdicts } from "./meters.ts";
import { migrate } from "./migrate.ts";
import { createModelCalls } from "./model-calls.ts";
import { createModelTroubles } from "./model-troubles.ts";
import { createModelWindows } from "./model-windows.ts";
import { createOutbox } from "./outbox.ts";
import { createPlaces } from "./places.ts";
import { defaultSpending, type SpendingSettings } from "./read-spending.ts";

export type StoreOptions = {
  readonly databaseUrl: string;
  readonly rules: Rules;
  /** What budgets are shown with; without it the default limits. */
  readonly spending?: SpendingSettings;
  /** Told after every commit that changed an epic. */
  readonly onChange: OnChange;
};

/**
 * The product's tables behind the store's port, at the newest schema.
 *
 * @throws {PortError} when the database cannot be reached or migrated
 */
export async function createStore({
  databaseUrl,
  rules,
  spending = defaultSpending,
  onChange,
}: StoreOptions): Promise<Store> {
  const db = await openAnswering(databaseUrl);
  const listener = createListener(databaseUrl);
  return {
    epics: createEpics(db, { rules, spending, onChange }),
    inbox: createInbox(db),
    outbox: createOutbox(db),
    leases: createLeases(db),
    lives: createLives(db),
    health: createHealth(db),
    places: createPlaces(db),
    conversations: createConversations(db, listener),
    modelCalls: createModelCalls(db),
    modelWindows: createModelWindows(db),
    modelTroubles: createModelTroubles(db),
    verdicts: createVerdicts(db),
    landings: createLandings(db),
    livingTexts: createLivingTexts(db),
    repositories: createRepositories(db),
    ping: async () => {
      await guarded(() => sql`select 1`.execute(db));
    },
    close: async () => {
      await listener.close();
      await db.destroy();
    },
  };
}

/** The schema is brought up to date only where there is a database that answers. */
async function openAnswering(databaseUrl: string): Promise<Db> {
  const { db } = openDatabase(databaseUrl);
  try {
    await guarded(() => sql`select 1`.execute(db));
  } catch (cause) {
    await db.destroy();
    const what = `DATABASE_URL: ${placeOf(databaseUrl)} cannot be used (${reasonOf(cause)})`;
    throw new PortError("postgres", `${what}; start it, or correct DATABASE_URL`, {
      retryable: true,
      cause,
    });
  }
  try {
    await migrate(db);
    return db;
  } catch (error) {
    await db.destroy();
    throw error;
  }
}

function createRepositories(db: Db): Repositories {
  return {
    remember: (repository) =>
      guarded(async () => {
        const names = {
          installation_id: repository.installationId,
          owner: repository.owner,
          name: repository.name,
        };
        const { id } = await db
          .insertInto("repositories")
          .values({ github_id: repository.githubId, ...names })
          .onConflict((conflict) => conflict.column("github_id").doUpdateSet(names))
          .returning("id")
          .executeTakeFirstOrThrow();
        return { id, ...repository };
      }),
  };
}
