import { readdir } from "node:fs/promises";
import { type Migration, Migrator } from "kysely/migration";
import { PortError } from "../../lib/port-error.ts";
import { type Db, guarded } from "./database.ts";

const folder = new URL("../../../migrations/", import.meta.url);

/**
 * Brings the schema to the newest version, under PostgreSQL's advisory lock, so that processes that
 * start together do it once. Forward only.
 *
 * @returns names of the migrations that ran now
 * @throws {PortError} naming the migration that failed
 */
export async function migrate(db: Db): Promise<readonly string[]> {
  const migrator = new Migrator({ db, provider: { getMigrations: migrations } });
  const { error, results } = await guarded(() => migrator.migrateToLatest());
  const failed = results?.find((result) => result.status === "Error");
  if (error || failed) {
    const what = failed ? `the migration ${failed.migrationName} failed` : "no migration could run";
    const reason = error instanceof Error ? error.message : String(error);
    const message = `PostgreSQL answers, and ${what}: ${reason}`;
    throw new PortError("postgres", message, { retryable: false, cause: error });
  }
  return (results ?? []).map((result) => result.migrationName);
}

/** All migrations by name, in order. */
export async function migrations(): Promise<Record<string, Migration>> {
  const names = (await readdir(folder)).filter((name) => name.endsWith(".ts")).sort();
  const modules = await Promise.all(
    names.map(
      async (name) => [name.slice(0, -3), await import(new URL(name, folder).href)] as const,
    ),
  );
  return Object.fromEntries(modules);
}
