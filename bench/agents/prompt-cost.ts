import { builtInModels } from "../../src/gateway/models.ts";
import { type Figure, median } from "../figure.ts";
import { guard, type Measure } from "../measure.ts";
import { type FixedPart, recordRequests } from "../stage/record-requests.ts";
import { agentModel } from "../stage/register-agents.ts";
import { type Factory, startFactory } from "../stage/start-factory.ts";
import { openWaitingEpic, waitingScript } from "../stage/waiting-epic.ts";

// What every request carries before anything was said, and what of it the provider's cache spares.

const workers = 3;
const turns = 30;
/** As the scripted model counts. */
const bytesPerToken = 4;
/** Claude Code 2.1.330 as it starts by itself: bytes of its first request (docs/PERFORMANCE.md). */
const claudeCodeBytes = 49_016;

type Call = Awaited<ReturnType<Factory["model"]["calls"]>>[number];

export const promptCost: Measure = {
  ids: ["f3", "f4-first-turn", "f4-thirty-turns"],
  what: "the fixed part of every request, and the cache",
  run: async ({ folder }) => {
    let port = 0;
    const recorder = await recordRequests(() => port);
    try {
      const environment = { PLAN: "auto", MAX_WORKERS: "1", ANTHROPIC_BASE_URL: recorder.url };
      const onModelPort = (found: number): void => {
        port = found;
      };
      const script = waitingScript(workers, turns);
      const factory = await startFactory(folder, { script, environment, onModelPort });
      try {
        await openWaitingEpic(factory, workers);
        return figures(await factory.model.calls(), recorder.fixedParts());
      } finally {
        await factory.stop();
      }
    } finally {
      await recorder.close();
    }
  },
};

function figures(calls: readonly Call[], parts: readonly FixedPart[]): readonly Figure[] {
  guard(parts.length === 2, `fixed parts of ${parts.map(({ role }) => role).join(", ")}`);
  const worker = parts.find(({ role }) => role === "worker");
  const tokens = Math.floor((worker?.bytes ?? 0) / bytesPerToken);
  return [...parts.map(fixedFigure), ...cacheFigures(calls, tokens)];
}

function fixedFigure({ role, bytes }: { readonly role: string; readonly bytes: number }): Figure {
  return {
    ...{ id: "f3", name: `fixed_bytes_${role}`, ours: [bytes], floor: [claudeCodeBytes] },
    goal: { kind: "ratio", most: 0.25 },
    remark: "floor: Claude Code as it starts by itself, measured earlier",
  };
}

function cacheFigures(calls: readonly Call[], fixed: number): readonly Figure[] {
  const later = conversations(calls).slice(1);
  guard(
    later.length === workers - 1 && later.every((one) => one.length === turns),
    `workers asked ${later.map((one) => one.length).join(", ")} times`,
  );
  return [
    {
      ...{ id: "f4-first-turn", name: "percent_of_fixed_part_cached", floor: null },
      ours: later.map(([first]) => (100 * Math.min(read(first), fixed)) / fixed),
      goal: { kind: "least", least: 95 },
    },
    {
      ...{ id: "f4-thirty-turns", name: "billed_to_uncached_fixed_input", floor: null },
      ours: later.map((one) => billedShare(one, fixed)),
      goal: { kind: "most", most: 0.1 },
      remark: `median ${median(later.map((one) => one.length))} turns, ${agentModel}`,
    },
  ];
}

/** One worker after another: each begins with its first step. */
function conversations(calls: readonly Call[]): readonly (readonly Call[])[] {
  const all: Call[][] = [];
  for (const call of calls.filter(({ role }) => role === "worker")) {
    if (call.turn === "step-1") all.push([]);
    all.at(-1)?.push(call);
  }
  return all;
}

/** What the fixed part cost over a conversation, to what it would have cost without a cache. */
function billedShare(calls: readonly Call[], fixed: number): number {
  const price = builtInModels.prices[agentModel];
  guard(price !== undefined, `${agentModel} has a price`);
  if (!price) return Number.NaN;
  const billed = calls.map((call) => {
    const cached = Math.min(read(call), fixed);
    const written = Math.min(Number(call["cacheWrittenTokens"]), fixed - cached);
    const plain = fixed - cached - written;
    return cached * price.cacheRead + written * price.cacheWrite5m + plain * price.input;
  });
  const total = billed.reduce((sum, one) => sum + one, 0);
  return total / (calls.length * fixed * price.input);
}

function read(call: Call | undefined): number {
  return Number(call?.["cacheReadTokens"] ?? 0);
}
