import type { SceneLives } from "./scene-lives.ts";
import type { SceneModel } from "./scene-model.ts";
import type { ScenePerson } from "./scene-person.ts";

/** What the product is started with. */
export type Play = {
  /** What the scripted model says: YAML, as docs/SCRIPTED_MODEL.md explains. */
  readonly script: string;
  /** Variables of the product, such as `WORKER_MODEL`. */
  readonly environment: Readonly<Record<string, string>>;
};

export type Row = Readonly<Record<string, unknown>>;

/** One thing that was looked at: the scenario falls short where `isMet` is false. */
export type Expectation = {
  readonly what: string;
  readonly seen: string;
  readonly wanted: string;
  readonly isMet: boolean;
};

/** What a scenario has in its hands. */
export type Scene = {
  /** Starts everything; called again, it stops product and model and starts them with this. */
  readonly play: (play: Play) => Promise<void>;
  /** A line of progress, on the screen and in the report. */
  readonly step: (line: string) => void;
  /** Compares by their JSON; goes on when they differ. */
  readonly expect: (what: string, seen: unknown, wanted: unknown) => void;
  /** Reads the product's database. */
  readonly rows: (question: string, values?: readonly unknown[]) => Promise<readonly Row[]>;
  /**
   * Waits for the first row that a question has an answer with.
   *
   * @throws {Error} at the limit (default three minutes), with the fact
   */
  readonly awaitRow: (
    fact: string,
    question: string,
    values?: readonly unknown[],
    limitMs?: number,
  ) => Promise<Row>;
  /** The run's data folder; the product's own is `product` in it. */
  readonly data: string;
  readonly person: ScenePerson;
  readonly model: SceneModel;
  readonly lives: SceneLives;
};
