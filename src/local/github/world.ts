import { join } from "node:path";
import type { AppRow, UserRow } from "./store/accounts.ts";
import type { Database } from "./store/database.ts";

/** Everything a handler works on: the stored state, the clock, the folder of repositories. */
export type World = Database & {
  readonly dataDir: string;
  /** Where people and programs reach this server, e.g. `http://127.0.0.1:4100`. */
  readonly origin: string;
  readonly now: () => number;
  /** Tells the deliverer that deliveries may be waiting. */
  readonly wakeDeliveries: () => void;
  /** Takes work that goes on after the answer; its failure is printed, and `close` waits for it. */
  readonly background: (work: Promise<unknown>) => void;
  /** Runs `work` when no other work that moves refs of this repository runs. */
  readonly withRepository: <T>(repositoryId: number, work: () => Promise<T>) => Promise<T>;
};

/** Who does something: a person, or the bot of an App. */
export type Actor = { readonly user: UserRow; readonly app: AppRow | null };

/** The bare repository of a repository row. */
export function gitDirOf(world: Pick<World, "dataDir">, repositoryId: number): string {
  return join(world.dataDir, "repositories", `${repositoryId}.git`);
}

/** Where the REST description's paths begin. */
export function apiUrl(world: Pick<World, "origin">): string {
  return `${world.origin}/api/v3`;
}

/** An instant as GitHub writes it: ISO 8601 in UTC, whole seconds. */
export function timestamp(atMs: number): string {
  return new Date(atMs).toISOString().replace(/\.\d+Z$/u, "Z");
}

/** The same for what may not have happened yet. */
export function timestampOrNull(atMs: number | null): string | null {
  return atMs === null ? null : timestamp(atMs);
}

/** GraphQL's global id of a row, e.g. `IC_4000000001` packed; `rowIdOf` reads it back. */
export function nodeId(prefix: string, id: number): string {
  return `${prefix}_${Buffer.from(String(id)).toString("base64url")}`;
}

/** The row id inside a global id with this prefix, or null when it is another kind of id. */
export function rowIdOf(prefix: string, id: string): number | null {
  if (!id.startsWith(`${prefix}_`)) return null;
  const number = Number(Buffer.from(id.slice(prefix.length + 1), "base64url").toString());
  return Number.isSafeInteger(number) && number > 0 ? number : null;
}
