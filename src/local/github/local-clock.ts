import type { Database } from "./store/database.ts";

const KEPT_AS = "clock-ahead-ms";

/** The machine's clock, moved ahead on request; how far is kept over restarts. */
export class LocalClock {
  readonly #database: Database;
  #aheadMs: number;

  constructor(database: Database) {
    this.#database = database;
    this.#aheadMs = Number(database.keep(KEPT_AS, () => "0"));
  }

  readonly now = (): number => Date.now() + this.#aheadMs;

  advance(byMs: number): void {
    this.#aheadMs += byMs;
    this.#database.put(KEPT_AS, String(this.#aheadMs));
  }
}
