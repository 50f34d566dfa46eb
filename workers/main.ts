import { hostname } from "node:os";
import { redisConnection } from "../src/adapters/queues/queues.ts";
import { createReceiver, type Receive } from "../src/app.ts";
import { ConfigError, exitWithLines, readConfig, requireVariables } from "../src/config.ts";
import { createModelWatch } from "../src/gateway/watch-models.ts";
import { checkHealth } from "../src/host/check-health.ts";
import { watchLives } from "../src/host/end-life.ts";
import { createBoundsWatch } from "../src/host/watch-bounds.ts";
import { epicLimitsOf, hostSettings, restartsOf } from "../src/host-settings.ts";
import { landEpic } from "../src/landing/land-epic.ts";
import type { LandingPorts } from "../src/landing/landing-ports.ts";
import { systemClock } from "../src/lib/clock.ts";
import { startQueuedEpics } from "../src/webhooks/start-queued-epics.ts";
import { buildCore, buildHost, type Core, type Host, required, rulesOf } from "../src/wiring.ts";
import { type AgentsPorts, agentsWorker, performHostLane } from "./agents.ts";
import { answerOverdue } from "./answer-overdue.ts";
import { endLeftCells, probeCells } from "./cells.ts";
import { type RunningWorker, startWorker } from "./define-worker.ts";
import { deliveriesWorker, drainInbox } from "./deliveries.ts";
import { type EffectsPorts, effectsWorker, performGitHubLane } from "./effects.ts";
import { expireOverdue } from "./expire-overdue.ts";
import { inTurn } from "./in-turn.ts";
import { landingsWorker } from "./landings.ts";
import { sendLivingTexts } from "./living-texts.ts";
import { tellOverdueTasks } from "./overdue-tasks.ts";
import { type SideBySide, sideBySide } from "./side-by-side.ts";
import { startTicks, type Tick } from "./ticks.ts";

/** Renewed by heartbeat while there is work: what a killed process was doing waits as long. */
const laneLeaseMs = 20_000;
const landingLeaseMs = 20_000;
const notYetMs = 500;
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

/** Starts every worker of a host, and the ticks. @returns drains them */
export async function startWorkers(core: Core, host: Host): Promise<() => Promise<void>> {
  const { config, log } = core;
  const refusal = await probeCells(host.sandbox, config.MIN_CELL_LEVEL, log);
  if (refusal !== null) throw new ConfigError(refusal);
  const redis = redisConnection(required(config, "REDIS_URL").reveal());
  const connection = { redis, prefix: config.REDIS_PREFIX, log };
  const parts = await buildParts(core, host);
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

type Parts = Awaited<ReturnType<typeof buildParts>>;

async function buildParts(core: Core, host: Host) {
  const { config, log, store } = core;
  const holder = `${hostname()}/${process.pid}`;
  const receive = await receiverOf(core);
  const lane = {
    store,
    onFailure: (
      queued: { readonly id: number; readonly effect: { readonly kind: string } },
      failure: { readonly reason: string; readonly isWeather: boolean; readonly error: unknown },
    ) =>
      log.warn(
        { effect: queued.id, kind: queued.effect.kind, reason: failure.reason, err: failure.error },
        failure.isWeather ? "effect.postponed" : "effect.refused",
      ),
    settings: {
      holder,
      leaseMs: laneLeaseMs,
      maxAttempts: config.MAX_EFFECT_ATTEMPTS,
      maxNotYet: config.MAX_EFFECT_WAITS,
      notYetMs,
      restarts: restartsOf(config),
    },
  };
  const effects: EffectsPorts = {
    ...lane,
    github: core.github,
    git: host.git,
    limits: { settleAfterMs: config.SETTLE_LIMIT_MS },
  };
  const agents: AgentsPorts = {
    ...lane,
    host: { store, ...host, settings: hostSettings(config, host) },
  };
  const landings: LandingPorts = {
    store,
    git: host.git,
    sandbox: host.sandbox,
    dependencies: host.dependencies,
    settings: {
      holder,
      leaseMs: landingLeaseMs,
      verifyCommand: config.VERIFY_COMMAND ?? null,
      maxVerifyCuts: config.MAX_VERIFY_CUTS,
      verifyTimeoutMs: config.VERIFY_TIMEOUT_MS,
      verifyOutputBytes: config.VERIFY_OUTPUT_BYTES,
    },
    onLanding: (what, facts) => log.info(facts, what),
  };
  const watchModels = createModelWatch({ store, dayBudget: config.DAY_BUDGET_USD });
  const drain = inTurn(() => drainInbox({ inbox: store.inbox, receive, log }));
  const watchBounds = createBoundsWatch(
    {
      lifeLimitMs: config.LIFE_LIMIT_MS,
      maxBytes: config.WORKTREE_MAX_BYTES,
      maxFiles: config.WORKTREE_MAX_FILES,
    },
    required(config, "DATA_DIR"),
    systemClock,
  );
  return { drain, watchModels, effects, agents, landings, watchBounds };
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
        sendLivingTexts({ store, github, intervalMs: config.STATUS_INTERVAL_MS, log: core.log }),
    },
  ];
}

async function receiverOf({ config, store, github, log }: Core): Promise<Receive> {
  const probot = {
    appId: required(config, "APP_ID"),
    privateKey: required(config, "PRIVATE_KEY").reveal().replaceAll("\\n", "\n"),
    secret: required(config, "WEBHOOK_SECRET").reveal(),
    log,
  };
  const settings = {
    epicLabel: config.EPIC_LABEL,
    plan: config.PLAN,
    verifyCommand: config.VERIFY_COMMAND ?? null,
    profileRules: rulesOf(config),
    epicLimits: epicLimitsOf(config),
    repeatedEpicPercent: config.REPEATED_EPIC_PERCENT,
  };
  const onOutcome = (what: string, facts: object) => log.info(facts, what);
  return await createReceiver(probot, { store, github, settings, onOutcome });
}

async function main(): Promise<void> {
  const config = readConfig();
  requireVariables(config, workersNeed);
  const core = await buildCore(config, "workers");
  const stop = await startWorkers(core, buildHost(core));
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
