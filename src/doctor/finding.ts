import type { Config } from "../config.ts";

/** What a look at one thing of this machine gave. */
export type Finding = {
  /** What was looked at: a word or two. */
  readonly name: string;
  /** With an error the product does not work; with a warning it does, with less. */
  readonly state: "ok" | "warning" | "error";
  readonly says: string;
  /** What a person can do; null when all is well. */
  readonly mend: string | null;
};

/** One look. It never throws for what is wrong with the machine. */
export type Check = (config: Config) => Promise<readonly Finding[]>;

/** Nothing to do. */
export function ok(name: string, says: string): Finding {
  return { name, state: "ok", says, mend: null };
}

/** Words of whatever was thrown. */
export function reasonOf(error: unknown): string {
  if (!(error instanceof Error)) return String(error);
  // What fetch throws tells the reason one further down.
  return error.cause instanceof Error ? error.cause.message || error.message : error.message;
}
