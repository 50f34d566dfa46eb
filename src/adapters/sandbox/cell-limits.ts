/** What one cell may use. Sizes in bytes; every field has a default. */
export type CellLimits = {
  /** Processes and threads at once. */
  readonly processes: number;
  /** Size of any one file written. */
  readonly fileBytes: number;
  readonly openFiles: number;
  /** Private memory of any one process, and of the whole cell where control groups are ours. */
  readonly memoryBytes: number;
  /** Size of /tmp and of /dev/shm, each. */
  readonly tmpBytes: number;
  readonly homeBytes: number;
  /** What a verification or a setup may leave on the disk at once, in bytes and in files. */
  readonly writeBytes: number;
  readonly writeFiles: number;
  /** How often that is looked at. */
  readonly writeLookMs: number;
  /** Share of the processors where they are short, of 10,000; 100 is a process's own. */
  readonly cpuWeight: number;
  /** Wall clock of the cells that fill, stage and empty a work tree. */
  readonly gitTimeoutMs: number;
};

const MEBIBYTE = 1024 * 1024;

export const DEFAULT_CELL_LIMITS: CellLimits = {
  processes: 512,
  fileBytes: 1024 * MEBIBYTE,
  openFiles: 8192,
  memoryBytes: 4096 * MEBIBYTE,
  tmpBytes: 1024 * MEBIBYTE,
  homeBytes: 512 * MEBIBYTE,
  writeBytes: 10_240 * MEBIBYTE,
  writeFiles: 1_000_000,
  writeLookMs: 1_000,
  cpuWeight: 50,
  gitTimeoutMs: 300_000,
};
