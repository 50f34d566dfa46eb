import { readFileSync } from "node:fs";
import { systemClock } from "../../src/lib/clock.ts";
import type { Figure } from "../figure.ts";
import { type BenchRun, guard, type Measure } from "../measure.ts";
import { registerAgents } from "../stage/register-agents.ts";
import { type Factory, startFactory } from "../stage/start-factory.ts";
import { waitingScript } from "../stage/waiting-epic.ts";

// Agents that wait for something: what a thousand of them hold, and whether a model hears of a
// hundred of them on a day without news. A day is ten minutes whose ticks come a hundred times as
// often.

const held = 1_000;
const idle = 100;
const tick = { TICK_MS: "50", STATUS_INTERVAL_MS: "50", AGENT_IDLE_MS: "200" };
const settleMs = 15_000;

export const idleAgents: Measure = {
  ids: ["d1-each", "d1-thousand", "f1"],
  what: "a thousand sleeping agents, and a day without news",
  counts: true,
  run: async (bench) => [...(await sleeping(bench)), await day(bench)],
};

async function sleeping({ folder, quick, say }: BenchRun): Promise<readonly Figure[]> {
  const factory = await startFactory(`${folder}/held`, {
    script: waitingScript(1),
    environment: { MAX_EPICS: String(held) },
  });
  try {
    const restMs = quick ? settleMs / 3 : settleMs;
    await systemClock.sleep(restMs);
    const before = await bytesOf(factory);
    await registerAgents(factory.databaseUrl, { count: held, state: "ASLEEP" });
    await systemClock.sleep(restMs);
    const after = await bytesOf(factory);
    const [lives] = await factory.rows("select count(*) as open from lives where ended_at is null");
    guard(Number(lives?.["open"]) === 0, "sleeping agents have no process");
    say(`${after - before} bytes for ${held} agents; ${after} in all`);
    return [
      {
        ...{ id: "d1-each", name: "bytes_per_sleeping_agent", floor: null },
        ours: [Math.max(0, after - before) / held],
        goal: { kind: "most", most: 1_048_576 },
      },
      {
        ...{ id: "d1-thousand", name: "bytes_with_1000_registered", floor: null },
        ours: [after],
        goal: { kind: "most", most: 1_073_741_824 },
        remark: "web and workers with their share of the database",
      },
    ];
  } finally {
    await factory.stop();
  }
}

/** The process of web and workers, and what the database keeps. */
async function bytesOf({ pid, rows }: Factory): Promise<number> {
  const kibibytes = /^VmRSS:\s+(\d+)/m.exec(readFileSync(`/proc/${pid}/status`, "utf8"))?.[1];
  const [size] = await rows("select pg_database_size(current_database()) as bytes");
  return Number(kibibytes) * 1_024 + Number(size?.["bytes"]);
}

async function day({ folder, quick, say }: BenchRun): Promise<Figure> {
  const factory = await startFactory(`${folder}/day`, {
    script: waitingScript(1),
    environment: { ...tick, MAX_EPICS: String(idle) },
  });
  try {
    await registerAgents(factory.databaseUrl, { count: idle, state: "ASLEEP" });
    const startedMs = performance.now();
    const lengthMs = quick ? 20_000 : 600_000;
    await systemClock.sleep(lengthMs);
    const calls = await factory.model.calls();
    const [agents] = await factory.rows("select count(*) as n from agents where state = 'ASLEEP'");
    guard(Number(agents?.["n"]) === idle, "all agents sleep to the end");
    const hours = ((performance.now() - startedMs) * 100) / 3_600_000;
    say(`${hours.toFixed(1)} simulated hours`);
    return {
      ...{ id: "f1", name: "model_calls_of_an_idle_day", floor: null },
      ours: [calls.length],
      goal: { kind: "most", most: 0 },
      remark: `${idle} agents, ${hours.toFixed(1)} hours at 1/100 ticks`,
    };
  } finally {
    await factory.stop();
  }
}
