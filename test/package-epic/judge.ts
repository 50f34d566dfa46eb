import { execFile } from "node:child_process";
import { mkdtempSync, readdirSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { delimiter, dirname, join } from "node:path";
import { promisify } from "node:util";
import { z } from "zod";

// Holds what a run of the package's epic left behind: its report, the journal of the scripted model,
// the landings in the factory's log and the repository as GitHub has it.

const run = promisify(execFile);
const limitMs = 60_000;

const report = z.object({
  epic: z.object({ state: z.string() }),
  tasks: z.array(
    z.object({ ordinal: z.number(), state: z.string(), mergeSha: z.string().nullable() }),
  ),
  seconds: z.number(),
  violations: z.array(z.unknown()),
});

const modelCall = z.object({
  actor: z.string(),
  turn: z.string().nullable(),
  failure: z.string().nullable(),
});

const sentBack = z.object({
  msg: z.literal("landing.sentBack"),
  task: z.number(),
  cause: z.enum(["conflict", "verifyFailed"]),
});

/** Tasks by ordinal: who builds on whom, and which two cannot both land as they were written. */
const dependsOn: readonly (readonly [number, number])[] = [
  [2, 1],
  [3, 1],
  [4, 2],
  [4, 3],
];
const pairs = [
  { cause: "conflict", between: [2, 3] },
  { cause: "verifyFailed", between: [1, 5] },
] as const;
const taskCount = 5;
/** The tests of all five tasks. */
const testCount = 11;

export type Judgement = { readonly problems: readonly string[]; readonly figure: string };

/** @param printed what the demo printed; @param code its exit code; @param data its data folder */
export async function judgeRun(
  printed: string,
  code: number | null,
  data: string,
): Promise<Judgement> {
  const parsed = report.safeParse(lastObject(printed));
  if (!parsed.success)
    return { problems: [`exit code ${code}, no report: ${printed.slice(-800)}`], figure: "" };
  const { epic, tasks, seconds, violations } = parsed.data;
  const repository = repositoryOf(data);
  const order = await landingOrder(repository, tasks);
  const back = linesOf(join(data, "logs", "factory.log"), sentBack);
  const calls = linesOf(join(data, "model", "calls.jsonl"), modelCall);
  const tests = await testTip(repository);
  const reviews = calls.filter(({ turn }) => turn === "ask-for-changes").length;
  const problems = [
    ...expected("exit code", code, 0),
    ...expected("state of the epic", epic.state, "COMPLETED"),
    ...expected("tasks completed", countCompleted(tasks), taskCount),
    ...expected("landings on main", order.length, taskCount),
    ...expected("violations", JSON.stringify(violations), "[]"),
    ...outOfOrder(order),
    ...pairs.flatMap((pair) => wronglySentBack(pair, order, back)),
    ...expected("times sent back", back.length, pairs.length),
    ...expected("changes requested", reviews, 1),
    ...(workedAtOnce(calls) ? [] : ["no two workers were at work at once"]),
    ...calls.flatMap(({ actor, failure }) => (failure === null ? [] : [`${actor}: ${failure}`])),
    ...expected("tests passed and failed at the end", tests, `${testCount} and 0`),
  ];
  const figure = `5 tasks landed in the order ${order.join(" ")} in ${seconds.toFixed(1)} s: ${back.map(({ task, cause }) => `task ${task} came back once (${cause})`).join(", ")}, ${reviews} review asked for changes, ${testCount} tests pass, ${violations.length} violations`;
  return { problems, figure };
}

function expected(what: string, seen: unknown, wanted: unknown): readonly string[] {
  return seen === wanted ? [] : [`${what}: ${seen} instead of ${wanted}`];
}

function countCompleted(tasks: z.infer<typeof report>["tasks"]): number {
  const landed = tasks.filter(({ state }) => state === "COMPLETED");
  return new Set(landed.map(({ mergeSha }) => mergeSha)).size;
}

/** The tasks' ordinals as main has them, through the merge of the epic's pull request. */
async function landingOrder(
  repository: string,
  tasks: z.infer<typeof report>["tasks"],
): Promise<readonly number[]> {
  const merges = await git(
    repository,
    "log",
    "--first-parent",
    "--merges",
    "--reverse",
    "--format=%H",
    "main^2",
  );
  return merges
    .trim()
    .split("\n")
    .map((sha) => tasks.find(({ mergeSha }) => mergeSha === sha)?.ordinal ?? 0);
}

function outOfOrder(order: readonly number[]): readonly string[] {
  return dependsOn
    .filter(([task, other]) => order.indexOf(task) < order.indexOf(other))
    .map(([task, other]) => `task ${task} landed before task ${other}: ${order.join(" ")}`);
}

/** Of two that cannot both land as they are, the one that was sent back lands second. */
function wronglySentBack(
  { cause, between }: (typeof pairs)[number],
  order: readonly number[],
  back: readonly z.infer<typeof sentBack>[],
): readonly string[] {
  const [one, other] = between;
  const second = order.indexOf(one) < order.indexOf(other) ? other : one;
  const tasks = back.filter((landing) => landing.cause === cause).map(({ task }) => task);
  return expected(`sent back for ${cause}`, tasks.join(" "), String(second));
}

/** True when an actor's first look lies between another's first look and its submission. */
function workedAtOnce(calls: readonly z.infer<typeof modelCall>[]): boolean {
  const spans = [...new Set(calls.map(({ actor }) => actor))].flatMap((actor) => {
    const at = (turn: string) =>
      calls.findIndex((call) => call.actor === actor && call.turn === turn);
    return at("look") === -1 ? [] : [{ from: at("look"), to: at("submit") }];
  });
  return spans.some(({ from, to }) => spans.some((other) => other.from > from && other.from < to));
}

/** Runs the tests of main as it ended. */
async function testTip(repository: string): Promise<string> {
  const folder = mkdtempSync(join(tmpdir(), "ff-package-tip-"));
  try {
    await git(repository, "--work-tree", folder, "checkout", "--force", "main", "--", ".");
    const { stdout } = await run(process.execPath, ["--test", "--test-reporter=tap"], {
      cwd: folder,
      timeout: limitMs,
      env: { PATH: [dirname(process.execPath), process.env["PATH"]].join(delimiter) },
    }).catch((error: unknown) => {
      if (error instanceof Error && "stdout" in error) return { stdout: String(error.stdout) };
      throw error;
    });
    const count = (name: string) => new RegExp(`^# ${name} (\\d+)$`, "m").exec(stdout)?.[1];
    return `${count("pass")} and ${count("fail")}`;
  } finally {
    rmSync(folder, { recursive: true });
  }
}

function repositoryOf(data: string): string {
  const folder = join(data, "github", "repositories");
  const [name, ...others] = readdirSync(folder);
  if (name === undefined || others.length > 0)
    throw new Error(`${folder} holds ${others.length + 1} repositories instead of one`);
  return join(folder, name);
}

async function git(repository: string, ...args: readonly string[]): Promise<string> {
  const env = {
    PATH: process.env["PATH"] ?? "",
    GIT_CONFIG_NOSYSTEM: "1",
    GIT_CONFIG_GLOBAL: "/dev/null",
  };
  return (await run("git", ["--git-dir", repository, ...args], { env, timeout: limitMs })).stdout;
}

/** The lines of a file of JSON lines that have this shape. */
function linesOf<Shape extends z.ZodType>(file: string, shape: Shape): readonly z.infer<Shape>[] {
  return readFileSync(file, "utf8")
    .split("\n")
    .flatMap((line) => {
      const parsed = shape.safeParse(objectOf(line));
      return parsed.success ? [parsed.data] : [];
    });
}

function lastObject(printed: string): unknown {
  return objectOf(printed.trimEnd().split("\n").at(-1) ?? "");
}

function objectOf(line: string): unknown {
  try {
    return JSON.parse(line);
  } catch {
    return null;
  }
}
