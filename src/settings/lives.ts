import { z } from "zod";
import { count, ms, pauseMs } from "./shapes.ts";

const byte = 1;
const mebibyte = 1_048_576;
const bytes = (value: number) =>
  z.coerce.number().int().min(byte).max(Number.MAX_SAFE_INTEGER).default(value);

/** When lives count as healthy, how they are started again, and how many there may be. */
export const lives = {
  MAX_FAST_CRASHES: count(3, 100).describe(
    "Crashes in a row, each soon after its start, after which an agent has failed",
  ),
  FAST_CRASH_MS: ms(60_000).describe("A life that crashes earlier crashed soon after its start"),
  RESTART_WAIT_MS: pauseMs(1_000).describe("Wait before a crashed agent starts; doubles each time"),
  RESTART_WAIT_LONGEST_MS: pauseMs(60_000).describe("Longest such wait"),
  WEATHER_WAIT_MS: pauseMs(60_000).describe(
    "Wait before an agent starts again that ended because of an outage; doubles. Limits name theirs",
  ),
  WEATHER_WAIT_LONGEST_MS: pauseMs(600_000).describe("Longest such wait"),
  WEATHER_TELL_AFTER: count(4, 100).describe(
    "Lives of an agent in a row that ended because of limits or an outage before people are told",
  ),
  HEALTH_MAIL_MS: ms(120_000).describe("Without progress for so long an agent is asked by mail"),
  HEALTH_RESTART_MS: ms(120_000).describe("So long after that mail it is ended and started again"),
  HEALTH_GAP_MS: ms(15_000).describe(
    "When a host did not reach the web process for so long, no silence before its return counts",
  ),
  TASK_LIMIT_MS: ms(14_400_000).describe(
    "Working time of a task after which its supervisor is asked to decide; again each time",
  ),
  MAX_LIVE_WORKERS: count(10, 10_000).describe("Worker processes of the whole product at once"),
  MAX_LIVE_SUPERVISORS: count(5, 10_000).describe("Supervisor processes at once"),
  MAX_EPICS: count(5, 10_000).describe("Epics at work at once; the others wait in order"),
  MAX_EPICS_IN_REVIEW: count(10, 10_000).describe(
    "Epics that wait for a human's review before no new one starts",
  ),
  INSTALLATION_SHARE: count(100, 100).describe(
    "Percent of those processes and epics that one installation may have",
  ),
  QUEUE_LOOK_MS: ms(1_000).describe("How often the first in a queue looks whether it may start"),
  MEMORY_BUDGET_BYTES: z.coerce
    .number()
    .int()
    .min(byte)
    .max(Number.MAX_SAFE_INTEGER)
    .optional()
    .describe("Memory that the agents of this host share; 80 % of the machine's without it"),
  LIFE_MEMORY_BYTES: bytes(256 * mebibyte).describe("Memory set aside for a life that starts"),
  MIN_DISK_FREE_BYTES: bytes(1024 * mebibyte).describe(
    "With less free space below DATA_DIR no agent starts",
  ),
  MAX_SESSIONS: count(50, 10_000).describe("Agents' sessions on this host at once"),
  LIMIT_QUIET_MS: ms(600_000).describe(
    "A limit of the host that is reached again within this time is not told again",
  ),
  MAX_STRIKES: count(20, 10_000).describe("Calls of a life that are refused as misuse"),
} as const;
