import { spawn } from "node:child_process";
import { closeSync, existsSync, openSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import pg from "pg";
import { z } from "zod";
import { awaitFact } from "../../src/lib/await-fact.ts";
import { shortId } from "../../src/lib/ids.ts";
import { makeFolder } from "../../src/local/embedded/folders.ts";
import { clearAway } from "./leftovers.ts";

// The demo as a program of its own, in a process group of its own, watched from outside.

const root = join(import.meta.dirname, "../..");
const interruptedExitCode = 130;
const endSignals = ["SIGINT", "SIGTERM", "SIGHUP"] as const;
/** Far beyond every limit of the demo's own. */
const demoLimitMs = 600_000;
const queryLimitMs = 5_000;

const report = z.object({
  epic: z.object({ issue: z.number(), state: z.string(), pullRequest: z.number().nullable() }),
  tasks: z.array(
    z.object({ title: z.string(), state: z.string(), mergeSha: z.string().nullable() }),
  ),
  landedCommits: z.array(z.string()),
  seconds: z.number(),
  violations: z.array(z.unknown()),
});

export type DemoReport = z.infer<typeof report>;

export type DemoRun = {
  readonly pid: number;
  /** The exit code; null when a signal ended it. */
  readonly ended: Promise<number | null>;
  readonly hasEnded: () => boolean;
  /** What it printed so far. */
  readonly output: () => string;
  /** SIGKILL for every process of its group at once, as a power cut would. */
  readonly killGroup: () => Promise<void>;
  /** Ctrl-C. */
  readonly interrupt: () => void;
};

/** A folder that no other run has. */
export function makeDataFolder(purpose: string): string {
  const folder = join(tmpdir(), `ff-${purpose}-${shortId(8)}`);
  makeFolder(folder, process.getuid?.() === 0 ? 0o711 : 0o700, null);
  return folder;
}

/** A folder that no other run has. Ctrl-C ends what runs on it, and removes it. */
export function newDataFolder(purpose: string): string {
  const folder = makeDataFolder(purpose);
  if (inUse.size === 0) for (const signal of endSignals) process.on(signal, endInterrupted);
  inUse.add(folder);
  return folder;
}

const inUse = new Set<string>();

async function endInterrupted(): Promise<void> {
  for (const folder of inUse) {
    await clearAway(folder);
    removeDataFolder(folder);
  }
  console.error("Interrupted: everything that was started is stopped.");
  process.exit(interruptedExitCode);
}

export function removeDataFolder(folder: string): void {
  inUse.delete(folder);
  if (inUse.size === 0) for (const signal of endSignals) process.off(signal, endInterrupted);
  rmSync(folder, { recursive: true, force: true });
  rmSync(outputFileOf(folder), { force: true });
}

/** Starts `npm run demo -- --json --data …` without npm between us and it. */
export function startDemo(dataDir: string, args: readonly string[] = []): DemoRun {
  const file = outputFileOf(dataDir);
  const out = openSync(file, "a", 0o600);
  const from = readFileSync(file, "utf8").length;
  const program = join(root, "src/local/demo/main.ts");
  const child = spawn(process.execPath, [program, "--json", "--data", dataDir, ...args], {
    cwd: root,
    detached: true,
    stdio: ["ignore", out, out],
    timeout: demoLimitMs,
    killSignal: "SIGKILL",
  });
  closeSync(out);
  const { pid } = child;
  if (pid === undefined) throw new Error("the demo could not be started");
  let over = false;
  const ended = new Promise<number | null>((resolve) => {
    child.once("exit", (code) => {
      over = true;
      resolve(code);
    });
  });
  return {
    pid,
    ended,
    hasEnded: () => over,
    output: () => readFileSync(file, "utf8").slice(from),
    killGroup: async () => {
      killGroup(pid);
      await ended;
    },
    interrupt: () => void process.kill(pid, "SIGINT"),
  };
}

/**
 * Holds a demo that ended against what the whole way ends as: three tasks landed by commits of
 * their own, the epic completed, no invariant broken.
 *
 * @returns what is wrong, and the report where there is one
 */
export async function judgeDemo(
  run: DemoRun,
): Promise<{ readonly problems: readonly string[]; readonly report: DemoReport | null }> {
  const code = await run.ended;
  const parsed = report.safeParse(lastObject(run.output()));
  if (!parsed.success)
    return { problems: [`exit code ${code}, no report: ${tailOf(run.output())}`], report: null };
  const { epic, tasks, landedCommits, violations } = parsed.data;
  const states = tasks.map(({ state }) => state);
  const problems = [
    ...(code === 0 ? [] : [`exit code ${code}`]),
    ...(epic.state === "COMPLETED" ? [] : [`the epic is ${epic.state}`]),
    ...(states.length === 3 ? [] : [`${states.length} tasks instead of 3`]),
    ...(states.every((state) => state === "COMPLETED") ? [] : [`tasks are ${states.join(", ")}`]),
    ...(new Set(landedCommits).size === tasks.length ? [] : [`landed ${landedCommits.join(", ")}`]),
    ...violations.map((violation) => `violation ${JSON.stringify(violation)}`),
  ];
  return { problems, report: parsed.data };
}

export type Watch = {
  readonly ask: (question: string) => Promise<readonly Record<string, unknown>[]>;
  readonly close: () => Promise<void>;
};

/**
 * The database of a demo that is running, once it answers.
 *
 * @throws {Error} when the demo ends before, or is silent for a minute
 */
export async function watchDatabase(dataDir: string, run: DemoRun): Promise<Watch> {
  return await awaitFact(
    "the demo's database answers",
    async () => {
      if (run.hasEnded()) return "the demo has ended";
      return await openWatch(dataDir);
    },
    (seen) => seen !== null,
    { limitMs: 60_000, everyMs: 50 },
  ).then((seen) => {
    if (seen === null || typeof seen === "string")
      throw new Error(`${seen}: ${tailOf(run.output())}`);
    return seen;
  });
}

async function openWatch(dataDir: string): Promise<Watch | null> {
  const file = join(dataDir, "secrets", "database-url");
  if (!existsSync(file)) return null;
  const client = new pg.Client({
    connectionString: readFileSync(file, "utf8").trim(),
    connectionTimeoutMillis: queryLimitMs,
    query_timeout: queryLimitMs,
  });
  client.on("error", () => {});
  await client.connect();
  return {
    ask: async (question) => (await client.query<Record<string, unknown>>(question)).rows,
    close: () => client.end(),
  };
}

/**
 * Waits until a fact is true in the demo's database.
 *
 * @param fact a boolean expression in SQL
 * @throws {Error} when the demo ends before, or at the limit
 */
export async function awaitInDemo(
  run: DemoRun,
  watch: Watch,
  fact: string,
  limitMs = 180_000,
): Promise<void> {
  const seen = await awaitFact(
    fact,
    async () => {
      if (run.hasEnded()) return "ended";
      // The tables come with the product's start.
      const rows = await watch.ask(`select (${fact}) as holds`).catch(() => []);
      return rows[0]?.["holds"] === true ? "true" : "not yet";
    },
    (state) => state !== "not yet",
    { limitMs, everyMs: 8 },
  );
  if (seen === "ended")
    throw new Error(`the demo ended before it was true: ${fact}: ${tailOf(run.output())}`);
}

/** Where what it printed is kept: beside its folder, which it empties. */
export function outputFileOf(dataDir: string): string {
  return `${dataDir}.out`;
}

function killGroup(pid: number): void {
  try {
    process.kill(-pid, "SIGKILL");
  } catch (error) {
    if (!(error instanceof Error && "code" in error && error.code === "ESRCH")) throw error;
  }
}

function lastObject(output: string): unknown {
  const line = output.trimEnd().split("\n").at(-1) ?? "";
  try {
    return JSON.parse(line);
  } catch {
    return null;
  }
}

function tailOf(output: string): string {
  return output.trimEnd().split("\n").slice(-5).join(" | ").slice(-800);
}
