import { totalmem } from "node:os";
import type { Config } from "./config.ts";
import type { EpicLimits } from "./domain/queue-epics.ts";
import type { RestartRules } from "./domain/restarts.ts";
import { claudeCodeArgv, runnerArgv } from "./harness/runner-argv.ts";
import type { HostSettings, RoomLimits } from "./host/host-ports.ts";
import type { Host } from "./wiring.ts";

// From the environment's variables to what the parts of a worker host are set to.

/** What storing a tool's reply may take after its own limit. */
const toolGraceMs = 30_000;
/** Of the machine's memory, where nobody set a budget. */
const defaultMemoryShare = 0.8;

export function hostSettings(config: Config, host: Host): HostSettings {
  return {
    hostName: config.HOST_NAME,
    logDir: host.logDir,
    runnerArgv,
    claudeCodeArgv: claudeCodeArgv(host.claudeCode),
    agentRegistries: config.AGENT_REGISTRIES,
    setupTries: config.SETUP_TRIES,
    maxPackBytes: config.MAX_PACK_BYTES,
    maxDiffBytes: config.MAX_DIFF_BYTES,
    maxFileBytes: config.MAX_FILE_BYTES,
    restarts: restartsOf(config),
    health: {
      mailMs: config.HEALTH_MAIL_MS,
      restartMs: config.HEALTH_RESTART_MS,
      toolBusyMs: config.TOOL_TIMEOUT_MS + toolGraceMs,
      gapMs: config.HEALTH_GAP_MS,
    },
    places: {
      workers: config.MAX_LIVE_WORKERS,
      supervisors: config.MAX_LIVE_SUPERVISORS,
      sharePercent: config.INSTALLATION_SHARE,
    },
    room: roomOf(config),
    queueLookMs: config.QUEUE_LOOK_MS,
    modelProbeMs: config.MODEL_PROBE_MS,
    signOff: config.SIGN_OFF ? host.identity : null,
  };
}

export function restartsOf(config: Config): RestartRules {
  return {
    maxCrashes: config.MAX_CRASHES,
    maxFastCrashes: config.MAX_FAST_CRASHES,
    fastCrashMs: config.FAST_CRASH_MS,
    waitMs: config.RESTART_WAIT_MS,
    longestWaitMs: config.RESTART_WAIT_LONGEST_MS,
    weatherWaitMs: config.WEATHER_WAIT_MS,
    longestWeatherWaitMs: config.WEATHER_WAIT_LONGEST_MS,
    tellWeatherAfter: config.WEATHER_TELL_AFTER,
    incidentAfter: config.INCIDENT_AFTER,
    incidentTasks: config.INCIDENT_TASKS,
  };
}

export function epicLimitsOf(config: Config): EpicLimits {
  return {
    maxEpics: config.MAX_EPICS,
    maxInReview: config.MAX_EPICS_IN_REVIEW,
    sharePercent: config.INSTALLATION_SHARE,
  };
}

/** What the agents of this host share, in bytes. */
export function memoryBudgetOf({ MEMORY_BUDGET_BYTES: given }: Config): number {
  return given ?? Math.floor(totalmem() * defaultMemoryShare);
}

function roomOf(config: Config): RoomLimits {
  return {
    memoryBudgetBytes: memoryBudgetOf(config),
    lifeMemoryBytes: config.LIFE_MEMORY_BYTES,
    minDiskFreeBytes: config.MIN_DISK_FREE_BYTES,
    maxSessions: config.MAX_SESSIONS,
    quietMs: config.LIMIT_QUIET_MS,
  };
}
