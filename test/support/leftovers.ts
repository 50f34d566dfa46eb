import { type Dirent, existsSync, readdirSync, readFileSync, readlinkSync, rmSync } from "node:fs";
import { basename, join } from "node:path";
import { awaitFact } from "../../src/lib/await-fact.ts";
import { socketFolderFor } from "../../src/local/embedded/folders.ts";
import {
  identifyProcess,
  type StopStep,
  stopProcess,
} from "../../src/local/embedded/process-identity.ts";

// What a run on a data folder has on this machine: processes by what they were told, where they
// work and what they see mounted; sockets; tmux servers; worktrees. Compared before and after.

/** Databases end at a SIGINT with their files in order. */
const endSteps: readonly StopStep[] = [
  { signal: "SIGINT", waitMs: 3_000 },
  { signal: "SIGKILL", waitMs: 5_000 },
];

export type Leftover = {
  readonly kind: "process" | "tmux server" | "socket" | "worktree" | "folder";
  /** One line that says which. */
  readonly what: string;
  /** The same in both snapshots when it is the same thing. */
  readonly id: string;
};

export type Snapshot = readonly Leftover[];

/** Everything there is now of the run on this data folder, whose last name must be unique. */
export function snapshotOf(dataDir: string): Snapshot {
  const socketDir = socketFolderFor(dataDir);
  const marks = marksOf(dataDir);
  return [
    ...processesOf(marks),
    ...socketsOf(marks),
    ...worktreesOf(dataDir),
    ...[socketDir, `${socketDir}-host`]
      .filter((folder) => existsSync(folder))
      .map((folder) => ({ kind: "folder" as const, what: folder, id: folder })),
  ];
}

/**
 * What is there that was not there before. What is being ended may take a moment to be gone.
 *
 * @param limitMs how long it may take; what is left then is left over
 */
export async function leftSince(
  before: Snapshot,
  dataDir: string,
  limitMs = 3_000,
): Promise<Snapshot> {
  const known = new Set(before.map(({ id }) => id));
  let left: Snapshot = [];
  await awaitFact(
    "nothing is left over",
    () => {
      left = snapshotOf(dataDir).filter(({ id }) => !known.has(id));
      return left;
    },
    (seen) => seen.length === 0,
    { limitMs, everyMs: 100 },
  ).catch(() => left);
  return left;
}

/**
 * Ends whatever a run that fell short has left: every process by its pid, then the folders of its
 * sockets. The data folder itself stays.
 */
export async function clearAway(dataDir: string): Promise<void> {
  for (const pid of processIdsOf(dataDir)) {
    const identity = identifyProcess(pid);
    if (identity) await stopProcess(identity, endSteps);
  }
  const socketDir = socketFolderFor(dataDir);
  for (const folder of [socketDir, `${socketDir}-host`])
    rmSync(folder, { recursive: true, force: true });
}

/** The pids of every process of the run, this one and its parents excepted. */
export function processIdsOf(dataDir: string): readonly number[] {
  return pidsWith(marksOf(dataDir));
}

// A cell's mounts show the folder without what is mounted above it: the name alone must do.
/** Names that nothing else on this machine has: whoever shows one is of this run, and may be ended. */
function marksOf(dataDir: string): readonly string[] {
  const name = basename(dataDir);
  if (!/-[a-z0-9]{8}$/.test(name))
    throw new Error(`${name} could be anybody's: a run's folder ends in eight random letters`);
  return [name, basename(socketFolderFor(dataDir))];
}

function processesOf(marks: readonly string[]): Snapshot {
  return pidsWith(marks).flatMap((pid) => {
    const identity = identifyProcess(pid);
    if (!identity) return [];
    const line = read(`/proc/${pid}/cmdline`).split("\0").join(" ").trim().slice(0, 200);
    const kind = read(`/proc/${pid}/comm`).startsWith("tmux: server") ? "tmux server" : "process";
    return [{ kind, what: `${pid} ${line}`, id: `${pid}.${identity.startTicks}` } as const];
  });
}

function pidsWith(marks: readonly string[]): readonly number[] {
  const ourselves = new Set([process.pid, process.ppid]);
  return namesIn("/proc")
    .map(Number)
    .filter((pid) => Number.isInteger(pid) && !ourselves.has(pid))
    .filter((pid) => {
      const seen = ["cmdline", "environ", "mountinfo"].map((file) => read(`/proc/${pid}/${file}`));
      const all = [...seen, link(`/proc/${pid}/cwd`)].join("\n");
      return marks.some((mark) => all.includes(mark)) && identifyProcess(pid) !== null;
    });
}

function socketsOf(marks: readonly string[]): Snapshot {
  return read("/proc/net/unix")
    .split("\n")
    .map((line) => line.trim().split(/\s+/))
    .flatMap((fields) => {
      const path = fields[7] ?? "";
      if (!marks.some((mark) => path.includes(mark))) return [];
      return [{ kind: "socket" as const, what: path, id: `${path} ${fields[6]}` }];
    });
}

/** A checkout, or what git keeps of one. */
function worktreesOf(dataDir: string): Snapshot {
  const repositories = join(dataDir, "product", "repos");
  return namesIn(repositories).flatMap((name) =>
    ["worktrees", "mirror.git/worktrees"].flatMap((folder) => {
      const inside = join(repositories, name, folder);
      return namesIn(inside).map((key) => {
        const path = join(inside, key);
        return { kind: "worktree" as const, what: path, id: path };
      });
    }),
  );
}

function namesIn(folder: string): readonly string[] {
  try {
    return readdirSync(folder, { withFileTypes: true })
      .filter((entry: Dirent) => entry.isDirectory())
      .map((entry: Dirent) => entry.name);
  } catch {
    return [];
  }
}

/** Empty when it is gone meanwhile or not ours to read. */
function read(file: string): string {
  try {
    return readFileSync(file, "utf8");
  } catch {
    return "";
  }
}

function link(file: string): string {
  try {
    return readlinkSync(file);
  } catch {
    return "";
  }
}
