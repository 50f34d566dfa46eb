import { guard, type Measure } from "../measure.ts";
import { cellMemoryBytes } from "../stage/cell-memory.ts";
import { startFactory } from "../stage/start-factory.ts";
import { openWaitingEpic, waitingScript } from "../stage/waiting-epic.ts";

// Five times more work than fits: each agent needs a quarter of the budget for a moment.

const fits = 4;
const agents = 20;
const budget = 1_200_000_000;
const needed = 150_000_000;
const sampleEveryMs = 100;

const work = `node -e "const held = Buffer.alloc(${needed}, 1); setTimeout(() => held.at(0), 1000)"`;

export const memoryBudget: Measure = {
  ids: ["d3"],
  what: "five times more work than the memory budget holds",
  counts: true,
  run: async ({ folder, say }) => {
    const factory = await startFactory(folder, {
      script: waitingScript(agents, 2, { tool: "shell", input: { command: work } }),
      environment: {
        PLAN: "auto",
        MAX_WORKERS: String(agents),
        MAX_LIVE_WORKERS: String(agents),
        AGENT_IDLE_MS: "500",
        MEMORY_BUDGET_BYTES: String(budget),
        LIFE_MEMORY_BYTES: String(budget / fits),
      },
    });
    let peak = 0;
    const timer = setInterval(() => {
      peak = Math.max(
        peak,
        cellMemoryBytes((argv) => argv.includes(folder)),
      );
    }, sampleEveryMs);
    try {
      await openWaitingEpic(factory, agents);
      const [calls] = await factory.rows(
        "select count(*) as n from tool_calls where tool = 'shell'",
      );
      guard(Number(calls?.["n"]) === agents, `${calls?.["n"]} of ${agents} agents did their work`);
      guard(peak > needed, "the work was seen");
      say(`peak ${Math.round(peak / 1e6)} MB of ${Math.round(budget / 1e6)} MB`);
      return [
        {
          ...{ id: "d3", name: "peak_memory_bytes", ours: [peak], floor: [budget] },
          goal: { kind: "ratio", most: 1.1 },
          remark: `floor: the budget; ${agents} agents, ${fits} at once fit`,
        },
      ];
    } finally {
      clearInterval(timer);
      await factory.stop();
    }
  },
};
