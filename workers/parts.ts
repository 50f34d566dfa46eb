import { hostname } from "node:os";
import { createReceiver, type Receive } from "../src/app.ts";
import { createModelWatch } from "../src/gateway/watch-models.ts";
import { createBoundsWatch } from "../src/host/watch-bounds.ts";
import { epicLimitsOf, hostSettings, restartsOf } from "../src/host-settings.ts";
import type { LandingPorts } from "../src/landing/landing-ports.ts";
import { systemClock } from "../src/lib/clock.ts";
import { type Core, type Host, required, rulesOf } from "../src/wiring.ts";
import type { AgentsPorts } from "./agents.ts";
import { drainInbox } from "./deliveries.ts";
import type { EffectsPorts } from "./effects.ts";
import { inTurn } from "./in-turn.ts";

/** Renewed by heartbeat while there is work: what a killed process was doing waits as long. */
const laneLeaseMs = 20_000;
const landingLeaseMs = 20_000;
/** An effect that cannot be done yet is tried so often, and due ones are looked for. */
export const notYetMs = 500;

/** What the workers of a host work with. */
export type Parts = Awaited<ReturnType<typeof buildParts>>;

/** Hands every worker what it works with. */
export async function buildParts(
  core: Core,
  host: Host,
  { isWithoutCells }: { readonly isWithoutCells: boolean },
) {
  const { config, log, store } = core;
  const holder = `${hostname()}/${process.pid}`;
  const receive = await receiverOf(core);
  const lane = {
    store,
    onFailure: (
      queued: {
        readonly id: number;
        readonly key: string;
        readonly effect: { readonly kind: string };
      },
      failure: { readonly reason: string; readonly isWeather: boolean; readonly error: unknown },
    ) =>
      log.warn(
        {
          effect: queued.id,
          key: queued.key,
          kind: queued.effect.kind,
          reason: failure.reason,
          err: failure.error,
        },
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
    isWithoutCells,
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
      setupTries: config.SETUP_TRIES,
      verifyTimeoutMs: config.VERIFY_TIMEOUT_MS,
      verifyOutputBytes: config.VERIFY_OUTPUT_BYTES,
    },
    onLanding: (what, facts) => log.info(facts, what),
  };
  const watchModels = createModelWatch({
    store,
    dayBudget: config.DAY_BUDGET_USD,
    reservationMs: config.MODEL_RESERVATION_MS,
  });
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
  return { drain, watchModels, effects, agents, landings, watchBounds, isWithoutCells };
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
    refusalQuietMs: config.REFUSAL_QUIET_MS,
    mostRefusalsTold: config.REFUSALS_TOLD,
  };
  const onOutcome = (what: string, facts: object) => log.info(facts, what);
  return await createReceiver(probot, { store, github, settings, onOutcome });
}
