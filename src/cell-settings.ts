import type { CellLimits } from "./adapters/sandbox/cell-limits.ts";
import type { SetLimits } from "./adapters/sandbox/dependencies/set-limits.ts";
import type { Config } from "./config.ts";
import type { InputSettings } from "./dependencies/tree-inputs.ts";

// From the environment's variables to what cells and setups are bounded by.

export function setupInputsOf(config: Config): InputSettings {
  return {
    command: config.SETUP_COMMAND ?? null,
    inputs: config.SETUP_INPUTS ?? null,
    scripts: config.SETUP_SCRIPTS,
  };
}

export function setLimitsOf(config: Config): SetLimits {
  return {
    timeoutMs: config.SETUP_TIMEOUT_MS,
    maxOutputBytes: config.SETUP_OUTPUT_BYTES,
    scripts: config.SETUP_SCRIPTS,
    maxBytes: config.SETUP_MAX_BYTES,
    keepSets: config.DEPENDENCY_SETS,
    keepBytes: config.DEPENDENCY_BYTES,
    failedMs: config.SETUP_FAILED_MS,
  };
}

export function cellLimitsOf(config: Config): CellLimits {
  return {
    processes: config.CELL_PROCESSES,
    memoryBytes: config.CELL_MEMORY_BYTES,
    cpuWeight: config.CELL_CPU_WEIGHT,
    openFiles: config.CELL_OPEN_FILES,
    fileBytes: config.CELL_FILE_BYTES,
    tmpBytes: config.CELL_TMP_BYTES,
    homeBytes: config.CELL_HOME_BYTES,
    writeBytes: config.CELL_WRITE_BYTES,
    writeFiles: config.CELL_WRITE_FILES,
    writeLookMs: config.WORKTREE_LOOK_MS,
    gitTimeoutMs: config.CELL_GIT_TIMEOUT_MS,
  };
}
