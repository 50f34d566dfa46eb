import { z } from "zod";
import { count, ms, text } from "./shapes.ts";

const mebibyte = 1_048_576;
const gibibyte = 1024 * mebibyte;
const bytes = (value: number) =>
  z.coerce.number().int().min(mebibyte).max(Number.MAX_SAFE_INTEGER).default(value);

const withoutCells = "run-agents-without-a-cell";

/** How agents are locked in, and what one cell may use. */
export const cells = {
  MIN_CELL_LEVEL: z
    .enum(["A", "B", "C"])
    .default("C")
    .describe(
      "Workers start on no host that gives less: A own users and control groups, B own users, C namespaces",
    ),
  UNSAFE_NO_SANDBOX: z
    .literal(withoutCells, {
      error: `takes one value, which says what it does: ${withoutCells}; without it, agents run in cells only`,
    })
    .optional()
    .describe(
      `Only value: ${withoutCells}. Where no cell can be made, agents and tests are ordinary programs of this user, with all it can reach`,
    ),
  BUBBLEWRAP_PATH: text
    .optional()
    .describe("The program that makes cells; without it the system's bubblewrap"),
  CELL_UID_BASE: z.coerce
    .number()
    .int()
    // Below are the ids of the system's users, of people and of nobody.
    .min(65_536)
    .max(4_000_000_000)
    .default(200_000)
    .describe(
      "First of the user ids that cells get where the host is root; nobody else may have them",
    ),
  CELL_UID_COUNT: z.coerce
    .number()
    .int()
    .min(0)
    .max(1_000_000)
    .default(10_000)
    .describe("How many there are; 0 turns own users off"),
  CELL_PROCESSES: count(512, 100_000).describe("Processes and threads of a cell at once"),
  CELL_MEMORY_BYTES: bytes(4 * gibibyte).describe(
    "Memory of a cell where control groups can be made; of each of its processes otherwise",
  ),
  CELL_CPU_WEIGHT: count(50, 10_000).describe(
    "Share of a cell where processors are short and control groups can be made; 100 is a process's own",
  ),
  CELL_OPEN_FILES: count(8_192, 1_000_000).describe(
    "Files that a process of a cell has open at once",
  ),
  CELL_FILE_BYTES: bytes(gibibyte).describe("Largest file that a cell can write"),
  CELL_TMP_BYTES: bytes(gibibyte).describe("Size of a cell's /tmp and of its /dev/shm, each"),
  CELL_HOME_BYTES: bytes(512 * mebibyte).describe("Size of a cell's home folder"),
  CELL_WRITE_BYTES: bytes(10 * gibibyte).describe(
    "A verify or a setup that has more on the disk is ended with the reason; looked at every WORKTREE_LOOK_MS",
  ),
  CELL_WRITE_FILES: count(1_000_000, 100_000_000).describe("The same, in files"),
  CELL_GIT_TIMEOUT_MS: ms(300_000).describe("Limit of filling, staging or emptying a worktree"),
  LIFE_LIMIT_MS: ms(43_200_000).describe("A life that runs for longer is ended and started again"),
  WORKTREE_MAX_BYTES: bytes(10 * gibibyte).describe(
    "A life whose worktree holds more is ended with the reason",
  ),
  WORKTREE_MAX_FILES: count(1_000_000, 100_000_000).describe("The same, in files"),
  WORKTREE_LOOK_MS: ms(1_000).describe("How often the disk is looked at for worktrees that grow"),
} as const;
