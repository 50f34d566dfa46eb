import pg from "pg";
import { awaitFact } from "../../src/lib/await-fact.ts";
import { createCallGitHub } from "../../src/local/demo/call-github.ts";
import { openStage } from "../../test/scenarios/frame/open-stage.ts";
import { createSceneModel, type SceneModel } from "../../test/scenarios/frame/scene-model.ts";
import { createScenePerson, type ScenePerson } from "../../test/scenarios/frame/scene-person.ts";
import { describeFactory } from "./describe-factory.ts";
import { closeOnce } from "./open-stages.ts";

// The whole product as the demo starts it, with a script of the benchmark's own.

type Row = Readonly<Record<string, unknown>>;

export type Factory = {
  readonly person: ScenePerson;
  readonly model: SceneModel;
  /** Web and workers are one process, as in the demo. */
  readonly pid: number;
  readonly databaseUrl: string;
  readonly rows: (question: string, values?: readonly unknown[]) => Promise<readonly Row[]>;
  /** Waits until the question has so many rows. */
  readonly awaitRows: (fact: string, count: number, question: string) => Promise<readonly Row[]>;
  readonly stop: () => Promise<void>;
};

const rowsLimitMs = 180_000;
const lookEveryMs = 5;

export async function startFactory(
  folder: string,
  play: {
    readonly script: string;
    readonly environment: Readonly<Record<string, string>>;
    /** Told where the scripted model is, before anything asks it. */
    readonly onModelPort?: (port: number) => void;
  },
): Promise<Factory> {
  const stage = await openStage(`${folder}/data`, () => {});
  try {
    await stage.play(play);
    play.onModelPort?.(stage.running().state.ports.model);
  } catch (error) {
    await stage.close();
    throw error;
  }
  const { state, stage: set, servers, children } = stage.running();
  const pool = new pg.Pool({ connectionString: servers.databaseUrl, max: 2 });
  pool.on("error", () => {});
  const rows: Factory["rows"] = async (question, values = []) =>
    (await pool.query<Row>(question, [...values])).rows;
  return {
    person: createScenePerson(() => createCallGitHub(state, set)),
    model: createSceneModel(() => ({ port: state.ports.model, data: stage.folders.data })),
    pid: children.get("the factory")?.pid ?? 0,
    databaseUrl: servers.databaseUrl,
    rows,
    awaitRows: (fact, count, question) =>
      awaitFact(
        fact,
        () => rows(question),
        (seen) => seen.length >= count,
        {
          limitMs: rowsLimitMs,
          everyMs: lookEveryMs,
          inWords: async (seen) => `${seen.length} of ${count}; ${await describeFactory(rows)}`,
        },
      ),
    stop: closeOnce(async () => {
      await pool.end();
      await stage.close();
    }),
  };
}
