import { redisConnection } from "../src/adapters/queues/queues.ts";
import { ConfigError, exitWithLines, readConfig, requireVariables } from "../src/config.ts";
import { checkHealth } from "../src/host/check-health.ts";
import { watchLives } from "../src/host/end-life.ts";
import { epicLimitsOf } from "../src/host-settings.ts";
import { landEpic } from "../src/landing/land-epic.ts";
import { exitCodes, programFlags } from "../src/lib/program-flags.ts";
import { refuseFaults } from "../src/settings-checks/index.ts";
import { logFaults } from "../src/settings-checks/log-faults.ts";
import { startQueuedEpics } from "../src/webhooks/start-queued-epics.ts";
import { buildCore, buildHost, type Core, type Host, required, rulesOf } from "../src/wiring.ts";
import { agentsWorker, performHostLane } from "./agents.ts";
import { answerOverdue } from "./answer-overdue.ts";
import { endLeftCells, probeCells } from "./cells.ts";
import { type RunningWorker, startWorker } from "./define-worker.ts";
import { deliveriesWorker } from "./deliveries.ts";
import { effectsWorker, performGitHubLane } from "./effects.ts";
import { expireOverdue } from "./expire-overdue.ts";
import { landingsWorker } from "./landings.ts";
import { sendLivingTexts } from "./living-texts.ts";
import { tellOverdueTasks } from "./overdue-tasks.ts";
import { buildParts, notYetMs, type Parts } from "./parts.ts";
import { type SideBySide, sideBySide } from "./side-by-side.ts";
import { startTicks, type Tick } from "./ticks.ts";

/** Lives are looked at often: a dead process is noticed by this, not by a heartbeat alone. */
const watchEveryMs = 1_000;
const textsEveryMs = 500;

/** What a worker host cannot do without. */
export const workersNeed = [
  "APP_ID",
  "PRIVATE_KEY",
  "WEBHOOK_SECRET",
  "DATABASE_URL",
  "REDIS_URL",
  "DATA_DIR",
  "RUNTIME_DIR",
  "BROKER_SOCKET",
] as const;

const usage = `Usage: npm run workers

Runs a worker host: deliveries, effects, agents, landings. It needs the broker of this host. It reads
its settings from the environment and from .env; .env.example has them all, and \`npm run doctor\`
checks them.

  --help  this text

${exitCodes}`;

/** Starts every worker of a host, and the ticks. @returns drains them */
export async function startWorkers(core: Core, host: Host): Promise<() => Promise<void>> {
  const { config, log } = core;
  const wish = {
    least: config.MIN_CELL_LEVEL,
    withoutCells: config.UNSAFE_NO_SANDBOX !== undefined,
  };
  const cells = await probeCells(host.sandbox, wish, log);
  if (cells.kind === "refuses") throw new ConfigError(cells.why);
  const redis = redisConnection(required(config, "REDIS_URL").reveal());
  const connection = { redis, prefix: config.REDIS_PREFIX, log };
  const parts = await buildParts(core, host, { isWithoutCells: cells.level === "none" });
  await endLeftCells(parts.agents.host, log);
  const definitions = {
    effects: effectsWorker(parts.effects),
    agents: agentsWorker(parts.agents),
    landings: landingsWorker(parts.landings),
  };
  const workers: readonly RunningWorker[] = [
    startWorker(deliveriesWorker(parts.drain), connection),
    startWorker(definitions.effects, connection),
    startWorker(definitions.agents, connection),
    startWorker(definitions.landings, connection),
  ];
  const sides = {
    effects: sideBySide("tick effects", definitions.effects.concurrency, log),
    agents: sideBySide("tick agents", definitions.agents.concurrency, log),
    landings: sideBySide("tick landings", definitions.landings.concurrency, log),
  };
  const stopTicks = startTicks(ticksOf(core, parts, sides), log);
  log.info({ host: config.HOST_NAME }, "workers.started");
  return async () => {
    await Promise.all([
      stopTicks(),
      ...Object.values(sides).map((side) => side.close()),
      ...workers.map((worker) => worker.close()),
    ]);
    redis.disconnect();
  };
}

type Sides = Readonly<Record<"effects" | "agents" | "landings", SideBySide>>;

/** A tick starts what is due and does not wait for it: what is slow must not delay the rest. */
function ticksOf(core: Core, parts: Parts, sides: Sides): readonly Tick[] {
  const { config, store, github } = core;
  const everyMs = config.TICK_MS;
  return [
    { name: "deliveries", everyMs, run: parts.drain },
    {
      name: "effects",
      everyMs: notYetMs,
      run: async () => {
        for (const lane of await store.outbox.dueLanes("epic/"))
          sides.effects.start(lane, () => performGitHubLane(lane, parts.effects));
      },
    },
    {
      name: "agents",
      everyMs: notYetMs,
      run: async () => {
        for (const lane of await store.outbox.dueLanes("agent/"))
          sides.agents.start(lane, () => performHostLane(lane, parts.agents));
      },
    },
    { name: "approvals", everyMs, run: () => expireOverdue(store.epics) },
    {
      name: "questions",
      everyMs,
      run: () => answerOverdue(store.epics, config.QUESTION_LIMIT_MS),
    },
    { name: "lives", everyMs: watchEveryMs, run: () => watchLives(parts.agents.host) },
    {
      name: "bounds",
      everyMs: config.WORKTREE_LOOK_MS,
      run: () => parts.watchBounds(parts.agents.host),
    },
    { name: "health", everyMs: watchEveryMs, run: () => checkHealth(parts.agents.host) },
    {
      name: "epics",
      everyMs,
      run: () =>
        startQueuedEpics(store, {
          profileRules: rulesOf(config),
          epicLimits: epicLimitsOf(config),
          repeatedEpicPercent: config.REPEATED_EPIC_PERCENT,
        }),
    },
    { name: "models", everyMs, run: parts.watchModels },
    { name: "overdue", everyMs, run: () => tellOverdueTasks(store, config.TASK_LIMIT_MS) },
    {
      name: "landings",
      everyMs,
      run: async () => {
        for (const epicId of await store.epics.openIds())
          sides.landings.start(`epic/${epicId}`, () => landEpic(epicId, parts.landings));
      },
    },
    {
      name: "texts",
      everyMs: textsEveryMs,
      run: () =>
        sendLivingTexts({
          ...{ store, github, log: core.log, intervalMs: config.STATUS_INTERVAL_MS },
          isWithoutCells: parts.isWithoutCells,
        }),
    },
  ];
}

async function main(): Promise<void> {
  programFlags({ usage });
  const config = readConfig();
  requireVariables(config, workersNeed);
  const doubts = await refuseFaults(config, { isHost: true });
  const core = await buildCore(config, "workers");
  logFaults(doubts, core.log);
  const stop = await startWorkers(core, await buildHost(core));
  const drain = async () => {
    core.log.info({}, "workers.draining");
    await stop();
    await core.close();
    process.exit(0);
  };
  process.once("SIGTERM", () => void drain());
  process.once("SIGINT", () => void drain());
}

if (import.meta.main) await main().catch(exitWithLines);
