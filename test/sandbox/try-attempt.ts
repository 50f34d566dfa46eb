import { type ChildProcess, spawn } from "node:child_process";
import { existsSync, readFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { awaitFact } from "../../src/lib/await-fact.ts";
import type { Cell } from "../../src/ports/host.ts";
import type { Attempt, Place } from "./attempt.ts";
import { carelessRepository, type Victim } from "./victim.ts";

const DEFAULT_LIMIT_MS = 8_000;
const OUTPUT_BYTES = 50_000;
const DRAIN_MS = 500;
const NOBODY = 65_534;

export type Outcome = { readonly succeeded: boolean; readonly output: string };

/** Makes an attempt in a cell, as an agent would. */
export async function tryInCell(attempt: Attempt, victim: Victim, index: number): Promise<Outcome> {
  const { worktree, sandbox, brokerDir, folder } = victim;
  const place: Place = {
    isCell: true,
    worktree: worktree.path,
    gitDir: worktree.mirror,
    marker: join(folder, `marker-in-${index}`),
  };
  const cell: Cell = {
    id: "attempt",
    worktree,
    brokerDir,
    environment: variables(place),
    timeoutMs: attempt.limitMs ?? DEFAULT_LIMIT_MS,
  };
  await sandbox.checkout(worktree, victim.base);
  const argv = ["/bin/sh", "-c", attempt.code(victim)];
  const run = attempt.inTerminal
    ? inTerminal(victim, sandbox.wrap(cell, argv))
    : attempt.meanwhile && attempt.limitMs !== undefined
      ? wrapped(sandbox.wrap(cell, argv), attempt.limitMs)
      : sandbox.run(cell, argv, { maxOutputBytes: OUTPUT_BYTES }).then(({ output }) => output);
  return await judge(attempt, victim, place, run);
}

/** Makes the same attempt as any program of the host. */
export async function tryWithout(
  attempt: Attempt,
  victim: Victim,
  index: number,
): Promise<Outcome> {
  const worktree = carelessRepository(victim, String(index));
  const place: Place = {
    isCell: false,
    worktree,
    gitDir: join(worktree, ".git"),
    marker: join(victim.folder, `marker-out-${index}`),
  };
  const argv = ["/bin/sh", "-c", attempt.code(victim)];
  const env = {
    ...variables(place),
    PATH: `${dirname(process.execPath)}:${process.env["PATH"] ?? ""}`,
    HOME: victim.folder,
    // What a careless product hands on with its whole environment.
    SECRET: victim.canary,
  };
  const run = attempt.inTerminal
    ? inTerminal(victim, argv)
    : plain(argv, { env, cwd: worktree, attempt, fd: victim.secretFd });
  return await judge(attempt, victim, place, run);
}

function variables({ worktree, gitDir, marker }: Place): Readonly<Record<string, string>> {
  return { WORKTREE: worktree, GITDIR: gitDir, MARKER: marker };
}

async function judge(
  attempt: Attempt,
  victim: Victim,
  place: Place,
  run: Promise<string>,
): Promise<Outcome> {
  let isOver = false;
  const over = run.finally(() => {
    isOver = true;
  });
  await attempt.meanwhile?.(victim, place, () => isOver);
  const output = await over;
  await attempt.after?.(victim, place);
  const proved = (await attempt.proof?.(victim, place)) ?? false;
  const told = output.includes(victim.canary) || output.includes("BROKE");
  return { succeeded: proved || told || existsSync(place.marker), output };
}

type Plain = {
  readonly env: NodeJS.ProcessEnv;
  readonly cwd: string;
  readonly attempt: Attempt;
  readonly fd: number;
};

function plain(argv: readonly string[], { env, cwd, attempt, fd }: Plain): Promise<string> {
  const { asNobody = false, limitMs = DEFAULT_LIMIT_MS } = attempt;
  const inherited = ["ignore", "ignore", "ignore", fd] as const;
  const child = spawn(argv[0] ?? "", argv.slice(1), {
    env,
    cwd: asNobody ? "/" : cwd,
    stdio: ["ignore", "pipe", "pipe", ...inherited],
    ...(asNobody ? { uid: NOBODY, gid: NOBODY } : {}),
  });
  // Without a cell nothing ends a program but its own end: only so that the run does.
  return outputOf(child, limitMs * 3);
}

/** A cell that somebody else ends, as a life's. */
function wrapped(argv: readonly string[], limitMs: number): Promise<string> {
  return outputOf(
    spawn(argv[0] ?? "", argv.slice(1), { stdio: ["ignore", "pipe", "pipe"] }),
    limitMs,
  );
}

function outputOf(child: ChildProcess, limitMs: number): Promise<string> {
  return new Promise((resolve, reject) => {
    let output = "";
    const add = (chunk: Buffer): void => {
      if (output.length < OUTPUT_BYTES) output += chunk.toString("latin1");
    };
    child.stdout?.on("data", add);
    child.stderr?.on("data", add);
    const timer = setTimeout(() => child.kill("SIGKILL"), limitMs);
    child.once("error", reject);
    // Its pipes' end may never come: what outlives it holds them.
    child.once("exit", () => {
      clearTimeout(timer);
      const drained = setTimeout(() => resolve(output), DRAIN_MS);
      child.once("close", () => {
        clearTimeout(drained);
        resolve(output);
      });
    });
  });
}

/** In a pane, as agents are. */
async function inTerminal({ terminal, folder }: Victim, argv: readonly string[]): Promise<string> {
  const logFile = join(folder, "pane.log");
  await terminal.start({ name: "attempt", argv, logFile });
  try {
    await awaitFact(
      "the attempt in the terminal is over",
      () => terminal.list(),
      (sessions) => sessions.some(({ name, dead }) => name === "attempt" && dead),
    );
    return readFileSync(logFile, "utf8");
  } finally {
    await terminal.kill("attempt");
  }
}
