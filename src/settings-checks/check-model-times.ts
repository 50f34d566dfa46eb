import { DEFAULT_BROKER_LIMITS } from "../broker/broker-limits.ts";
import type { Config } from "../config.ts";
import { latestAnswerMs } from "../gateway/ask-provider.ts";
import { error, type Fault } from "./fault.ts";

/** What booking a call may take on top, its tries with a database that stumbles included. */
const bookingMs = 60_000;

/** Whether the times of one model call have room in those around them. */
export function checkModelTimes(config: Config): readonly Fault[] {
  return [...checkSilence(config), ...checkReservation(config)];
}

/** The broker closes a connection on which nothing moves, and the agent would never learn why. */
function checkSilence({
  MODEL_HOLD_MS: holdMs,
  MODEL_FIRST_BYTE_MS: firstByteMs,
  MODEL_IDLE_MS: idleMs,
}: Config): readonly Fault[] {
  const { idleMs: brokerMs } = DEFAULT_BROKER_LIMITS;
  const afterHoldMs = latestAnswerMs({ holdMs, firstByteMs: 0 });
  const why = `must be less than ${brokerMs}, after which the broker gives a silent call up`;
  return [
    ...(firstByteMs < brokerMs ? [] : [error("MODEL_FIRST_BYTE_MS", `${firstByteMs} ${why}`)]),
    ...(idleMs < brokerMs ? [] : [error("MODEL_IDLE_MS", `${idleMs} ${why}`)]),
    ...(afterHoldMs < brokerMs
      ? []
      : [error("MODEL_HOLD_MS", `${holdMs}, with ${afterHoldMs - holdMs} for a try, ${why}`)]),
  ];
}

/** A call that is booked while it goes on counts twice for a while, and too little in the end. */
function checkReservation(config: Config): readonly Fault[] {
  const { MODEL_RESERVATION_MS: reservationMs, MODEL_ANSWER_LIMIT_MS: answerMs } = config;
  const { MODEL_HOLD_MS: holdMs, MODEL_FIRST_BYTE_MS: firstByteMs } = config;
  const beginMs = latestAnswerMs({ holdMs, firstByteMs });
  const longestMs = beginMs + answerMs + bookingMs;
  if (reservationMs >= longestMs) return [];
  const sum = `${beginMs} until its answer begins (MODEL_FIRST_BYTE_MS, MODEL_HOLD_MS), ${answerMs} until it ends (MODEL_ANSWER_LIMIT_MS), ${bookingMs} to book it`;
  const says = `${reservationMs} must be at least ${longestMs}, as long as a call may last: ${sum}`;
  return [error("MODEL_RESERVATION_MS", says)];
}
