import { isDeepStrictEqual } from "node:util";
import pg from "pg";
import { awaitFact } from "../../../src/lib/await-fact.ts";
import { createCallGitHub } from "../../../src/local/demo/call-github.ts";
import { checkWorld } from "../../../src/local/demo/check-world.ts";
import type { Scenario } from "./define-scenario.ts";
import { type OpenStage, openStage } from "./open-stage.ts";
import type { Report } from "./report.ts";
import type { Expectation, Row, Scene } from "./scene.ts";
import { createSceneLives } from "./scene-lives.ts";
import { createSceneModel, type SceneModel } from "./scene-model.ts";
import { createScenePerson } from "./scene-person.ts";

const queryLimitMs = 10_000;
const rowLimitMs = 180_000;
const lookEveryMs = 50;
const failuresEveryMs = 500;
const quietLimitMs = 30_000;

export type Audience = {
  readonly say: (line: string) => void;
  /** Rejects when nobody wants to hear the rest. */
  readonly broken: Promise<never>;
};

/** Tells one scenario on a data folder, and holds the world at its end against the invariants. */
export async function runScenario(
  { name, limitMs, run }: Scenario,
  data: string,
  { say, broken }: Audience,
): Promise<Report> {
  const startedAtMs = performance.now();
  const seconds = (): number => (performance.now() - startedAtMs) / 1_000;
  const steps: string[] = [];
  const expectations: Expectation[] = [];
  const problems: string[] = [];
  const step = (line: string): void => {
    steps.push(`${seconds().toFixed(1)} s: ${line}`);
    say(`[${seconds().toFixed(1).padStart(6)} s] ${line}`);
  };
  const stage = await openStage(data, step);
  const stopped = new AbortController();
  let figure = "";
  const database = openDatabase(stage);
  const scene = createScene(stage, { step, expectations, rows: database.rows });
  try {
    figure = await Promise.race([
      run(scene),
      stage.broke,
      broken,
      scriptBroke(scene.model, stopped.signal),
      overtime(limitMs, stopped.signal),
    ]);
    step("the story is told: waiting for quiet, then checking the invariants");
    problems.push(...(await judgeEnd(stage, scene)));
  } catch (error) {
    problems.push(error instanceof Error ? error.message : String(error));
  } finally {
    stopped.abort();
    await database.close();
    await stage.close();
  }
  return { name, figure, seconds: seconds(), steps, expectations, problems };
}

type Rows = Scene["rows"];

function openDatabase(stage: OpenStage): {
  readonly rows: Rows;
  readonly close: () => Promise<void>;
} {
  let pool: pg.Pool | null = null;
  return {
    rows: async (question, values = []) => {
      if (pool === null) {
        const connectionString = stage.running().servers.databaseUrl;
        pool = new pg.Pool({ connectionString, max: 2, query_timeout: queryLimitMs });
        pool.on("error", () => {});
      }
      return (await pool.query<Row>(question, [...values])).rows;
    },
    close: async () => await pool?.end(),
  };
}

function createScene(
  stage: OpenStage,
  {
    step,
    expectations,
    rows,
  }: { readonly step: Scene["step"]; readonly expectations: Expectation[]; readonly rows: Rows },
): Scene {
  const { running, folders, play } = stage;
  return {
    play,
    step,
    rows,
    expect: (what, seen, wanted) => {
      const isMet = isDeepStrictEqual(plain(seen), plain(wanted));
      expectations.push({ what, seen: shown(seen), wanted: shown(wanted), isMet });
      step(
        `${isMet ? "ok  " : "FAIL"} ${what}${isMet ? "" : `: ${shown(seen)} instead of ${shown(wanted)}`}`,
      );
    },
    awaitRow: async (fact, question, values = [], limitMs = rowLimitMs) => {
      const look = () => rows(question, values);
      const options = { limitMs, everyMs: lookEveryMs };
      const [first] = await awaitFact(fact, look, (seen) => seen.length > 0, options);
      if (!first) throw new Error(`${fact}: gone again`);
      return first;
    },
    data: folders.data,
    person: createScenePerson(() => createCallGitHub(running().state, running().stage)),
    model: createSceneModel(() => ({ port: running().state.ports.model, data: folders.data })),
    lives: createSceneLives(rows, () => folders),
  };
}

function plain(value: unknown): unknown {
  return JSON.parse(JSON.stringify(value ?? null));
}

function shown(value: unknown): string {
  return JSON.stringify(value ?? null);
}

async function scriptBroke(model: SceneModel, signal: AbortSignal): Promise<never> {
  for (;;) {
    const [first] = await model.failures().catch(() => []);
    if (first !== undefined) throw new Error(`the script went wrong: ${first}`);
    await pause(failuresEveryMs, signal);
  }
}

async function overtime(limitMs: number, signal: AbortSignal): Promise<never> {
  await pause(limitMs, signal);
  throw new Error(`not told to its end within ${limitMs / 1_000} s`);
}

/** Never resolves once the scenario is over: nobody waits for it any more. */
function pause(ms: number, signal: AbortSignal): Promise<void> {
  return new Promise((resolve) => {
    const timer = setTimeout(resolve, ms);
    signal.addEventListener("abort", () => clearTimeout(timer), { once: true });
  });
}

/** What is wrong once every epic has ended and nothing of them is left to do. */
async function judgeEnd(stage: OpenStage, { rows }: Scene): Promise<readonly string[]> {
  const open = "select issue_number, state from epics where ended_at is null";
  const [epic] = await rows(open);
  if (epic) return [`epic #${epic["issue_number"]} is still ${epic["state"]}`];
  await awaitFact(
    "nothing is left to do",
    async () => (await rows(unfinished))[0],
    (left) => Object.values(left ?? {}).every((count) => Number(count) === 0),
    { limitMs: quietLimitMs, everyMs: lookEveryMs },
  );
  const { state, servers } = stage.running();
  const violations = await checkWorld(state, stage.folders, servers, { ended: true });
  return violations.map(
    ({ invariant, what, detail }) => `invariant ${invariant}: ${what} ${JSON.stringify(detail)}`,
  );
}

const unfinished = `select
  (select count(*) from outbox where state = 'waiting') as effects,
  (select count(*) from lives where ended_at is null) as lives,
  (select count(*) from deliveries where state = 'waiting') as deliveries,
  (select count(*) from living_texts where wanted_version > sent_version) as texts`;
