import type { SetupLimits } from "./setup-cell.ts";

export type SetLimits = SetupLimits & {
  /** Largest set. */
  readonly maxBytes: number;
  /** Sets kept, and the bytes of all of them; those in use stay beyond that. */
  readonly keepSets: number;
  readonly keepBytes: number;
  readonly failedMs: number;
};

const MEBIBYTE = 1024 * 1024;

export const DEFAULT_SET_LIMITS: SetLimits = {
  timeoutMs: 600_000,
  maxOutputBytes: 16_384,
  scripts: false,
  maxBytes: 4_096 * MEBIBYTE,
  keepSets: 20,
  keepBytes: 20_480 * MEBIBYTE,
  failedMs: 600_000,
};
