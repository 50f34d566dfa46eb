import { join } from "node:path";
import { awaitFact } from "../../src/lib/await-fact.ts";
import type { Figure } from "../figure.ts";
import type { BenchRun, Measure } from "../measure.ts";
import { type Factory, startFactory } from "../stage/start-factory.ts";
import { openWaitingEpic, waitingScript } from "../stage/waiting-epic.ts";
import { bareCellsMs } from "./bare-cells.ts";

// Real lives of real agents. Their worktrees are there already, as they are for every life but the
// first; what is measured is what the product adds to a cell that starts Node.js.

const agents = 20;
const wakeLimitMs = 30_000;
const lookEveryMs = 20;

export const starts: Measure = {
  ids: ["d4-one", "d4-twenty"],
  what: "starts of agents, one and twenty at once",
  run: async (bench) => [await one(bench), await twenty(bench)],
};

/** From the decision that wakes an agent to its first request of a model. */
async function one({ quick, folder, say }: BenchRun): Promise<Figure> {
  const factory = await startFactory(join(folder, "one"), {
    script: waitingScript(1),
    environment: { PLAN: "auto", AGENT_IDLE_MS: "500" },
  });
  try {
    await openWaitingEpic(factory, 1);
    const [task] = await factory.rows("select issue_number from tasks");
    const ours: number[] = [];
    const floor: number[] = [];
    for (let round = 0; round < (quick ? 3 : 5); round += 1) {
      floor.push(await bareCellsMs(1));
      ours.push(await wakeMs(factory, Number(task?.["issue_number"])));
      say(`${ours.at(-1)?.toFixed(0)} ms, bare ${floor.at(-1)?.toFixed(0)} ms`);
    }
    return {
      ...{ id: "d4-one", name: "ready_to_first_model_request_ms", ours, floor },
      goal: { kind: "ratio", most: 1.3 },
    };
  } finally {
    await factory.stop();
  }
}

/** A comment is mail, and mail wakes a sleeping worker. */
async function wakeMs({ person, model, rows, awaitRows }: Factory, issue: number): Promise<number> {
  await awaitRows("the worker sleeps", 1, sleepingWorker);
  const before = (await model.calls()).length;
  await person.comment(issue, "Say something.");
  const calls = await awaitFact(
    "its new life has asked a model",
    () => model.calls(),
    (seen) => seen.length > before,
    { limitMs: wakeLimitMs, everyMs: lookEveryMs },
  );
  const [started] = await rows(
    `select extract(epoch from max(created_at)) * 1000 as ms from outbox
     where kind = 'startLife' and effect ->> 'agent' = 'worker/1'`,
  );
  return Date.parse(String(calls.at(-1)?.["at"])) - Number(started?.["ms"]);
}

const sleepingWorker = `select 1 from agents where key = 'worker/1' and state = 'ASLEEP'
  and not exists (select from lives where ended_at is null and agent = 'worker/1')`;

async function twenty({ quick, folder }: BenchRun): Promise<Figure> {
  const factory = await startFactory(join(folder, "twenty"), {
    script: waitingScript(agents),
    environment: {
      PLAN: "auto",
      MAX_WORKERS: String(agents),
      MAX_LIVE_WORKERS: String(agents),
      AGENT_IDLE_MS: "600000",
    },
  });
  try {
    const issue = await openWaitingEpic(factory, agents);
    return await startTwenty(factory, issue, quick ? 1 : 3);
  } finally {
    await factory.stop();
  }
}

async function startTwenty(
  { person, rows, awaitRows }: Factory,
  issue: number,
  rounds: number,
): Promise<Figure> {
  const ours: number[] = [];
  const floor: number[] = [];
  for (let round = 0; round < rounds; round += 1) {
    floor.push(await bareCellsMs(agents));
    await person.comment(issue, "/ff pause");
    await awaitRows("all are paused", agents, pausedWorkers);
    const [last] = await rows("select max(id) as id from outbox");
    await person.comment(issue, "/ff resume");
    await awaitRows("all have asked who they are", agents, startedSince(Number(last?.["id"])));
    const [took] = await rows(
      `select extract(epoch from max(lives.seen_at) - min(outbox.created_at)) * 1000 as ms
       from outbox, lives where outbox.id > $1 and outbox.kind = 'startLife'
         and lives.started_at > outbox.created_at and lives.role = 'worker'`,
      [last?.["id"]],
    );
    ours.push(Number(took?.["ms"]));
  }
  return {
    ...{ id: "d4-twenty", name: `start_${agents}_agents_ms`, ours, floor },
    goal: { kind: "ratio", most: 1.1 },
  };
}

const pausedWorkers = `select 1 from agents where role = 'worker' and state = 'PAUSED'
  and not exists (select from lives where ended_at is null and role = 'worker')`;

function startedSince(outboxId: number): string {
  return `select 1 from lives where role = 'worker' and ended_at is null and seen_at is not null
    and started_at > (select min(created_at) from outbox
      where id > ${outboxId} and kind = 'startLife')`;
}
