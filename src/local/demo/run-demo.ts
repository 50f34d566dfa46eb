import { join } from "node:path";
import { systemClock } from "../../lib/clock.ts";
import { defaultDataFolder } from "../embedded/product-folder.ts";
import { checkInputs } from "./check-inputs.ts";
import { checkWorld } from "./check-world.ts";
import { whyDiskIsFull } from "./disk-full.ts";
import { withVersions } from "./harness-versions.ts";
import { judgeWeather, readModelWeather } from "./model-weather.ts";
import { type DemoOptions, UsageError } from "./options.ts";
import { createPerson } from "./person.ts";
import { createOnlooker } from "./progress.ts";
import { buildReport, printReport, whyFailed } from "./report.ts";
import { RunFailure } from "./run-failure.ts";
import { provideState, takeRunFolders } from "./run-folders.ts";
import { createScreen, type Screen } from "./screen.ts";
import { scriptFailure } from "./script-failures.ts";
import type { Folders } from "./services.ts";
import { controlOf } from "./set-stage.ts";
import { firstToBreak, type Running, startAll } from "./start-all.ts";
import { watchEpic } from "./watch-epic.ts";

/** Where a run keeps everything. */
export function dataFolderOf({ data }: Pick<DemoOptions, "data">): string {
  return data ?? join(defaultDataFolder(process.env), "demo");
}

/** Runs the whole demo. @returns the exit code */
export async function runDemo(options: DemoOptions): Promise<number> {
  const data = dataFolderOf(options);
  checkInputs(options);
  const { folders, release } = await takeRunFolders(data, { isNamed: options.data !== null });
  const screen = createScreen(process.stdout);
  const stops: (() => Promise<void>)[] = [];
  const { signal, exitCode } = onInterrupt();
  try {
    const state = await provideState(options, folders, screen.say);
    // A resumed run goes on in its own weather.
    const wishes = { ...options, weather: state.weather };
    const running = await startAll(wishes, state, folders, { say: screen.say, signal, stops });
    const followed = follow(wishes, running, folders, { screen, interrupted: exitCode });
    return await Promise.race([followed, exitCode]);
  } catch (error) {
    // A terminal's Ctrl-C ends the services too: what they say of it is no news.
    if (signal.aborted) return await exitCode;
    throw withFullDisk(error, data);
  } finally {
    for (const stop of stops.reverse()) await stop();
    release();
    if (signal.aborted) screen.say("Interrupted: everything that was started is stopped.");
  }
}

/** What broke the run is told as it is; that its disk is full comes last, where it is read. */
function withFullDisk(error: unknown, data: string): unknown {
  const full = error instanceof UsageError ? null : whyDiskIsFull(data, error);
  if (full === null) return error;
  const reason = error instanceof Error ? error.message : String(error);
  return new RunFailure(`${reason}\n${full}`);
}

type Audience = { readonly screen: Screen; readonly interrupted: Promise<number> };

/**
 * Follows the epic to its end.
 *
 * @throws {RunFailure} when a service ends by itself, whatever else went wrong by that
 */
async function follow(
  options: DemoOptions,
  running: Running,
  folders: Folders,
  audience: Audience,
): Promise<number> {
  const broken = firstToBreak(running, folders);
  try {
    const breaking = broken.then((why) => {
      throw new RunFailure(why);
    });
    return await Promise.race([tell(options, running, folders, audience), breaking]);
  } catch (error) {
    // Whoever spoke with a service notices its end before we are told of it.
    const late = systemClock.sleep(breakingLimitMs).then(() => null);
    const why = error instanceof RunFailure ? error.message : await Promise.race([broken, late]);
    if (why === null) throw error;
    const where = options.data === null ? "" : ` --data ${options.data}`;
    throw new RunFailure(`${why}; npm run demo -- --resume${where} goes on`, { cause: error });
  }
}

async function tell(
  options: DemoOptions,
  running: Running,
  folders: Folders,
  { screen, interrupted }: Audience,
): Promise<number> {
  const { state, stage, servers } = running;
  const onlooker = createOnlooker(servers.databaseUrl);
  try {
    const issue = await createPerson(state, stage).labelEpic(options.epic);
    screen.say(`${stage.person.login} labelled issue #${issue} \`epic\`.`);
    const watched = watchEpic({
      ...{ issue, options, state, stage, onlooker, screen },
      scriptFailure: () => scriptFailure(state, folders),
    });
    const end = await watched;
    const weather = options.weather === null ? null : await readModelWeather(state, folders);
    const violations = await checkWorld(state, folders, servers, {
      ended: end.isOver,
      lostAnswers: weather?.lostAnswers ?? 0,
    });
    const crashes = await onlooker.crashes();
    const report = await buildReport({
      progress: end.progress,
      issue,
      violations,
      requests: await controlOf(state, folders).requests(),
      usage: await onlooker.usage(),
      level: await onlooker.level(),
      harnesses: await withVersions(
        await onlooker.livedIn(),
        options.environment.CLAUDE_CODE_PATH ?? null,
      ),
      seconds: (Date.now() - state.startedAtMs) / 1_000,
      weather,
      crashes,
    });
    const byWeather = weather === null ? null : judgeWeather(weather, crashes);
    const problem = whyFailed(report, end.problem ?? byWeather);
    printReport(report, problem, screen);
    if (options.stay) {
      screen.say("Everything keeps running. Ctrl-C ends it.");
      await interrupted;
    }
    if (options.json) screen.say(JSON.stringify(report));
    return problem === null ? 0 : 1;
  } finally {
    await onlooker.close();
  }
}

const interruptedExitCode = 130;
const breakingLimitMs = 1_000;

/**
 * Ctrl-C, SIGTERM and a closed terminal end the demo in order: what it started is stopped. The
 * handlers stay, or a second signal would end the demo before that is done.
 */
function onInterrupt(): {
  readonly signal: AbortSignal;
  readonly exitCode: Promise<number>;
} {
  const interruption = new AbortController();
  const exitCode = new Promise<number>((resolve) => {
    interruption.signal.addEventListener("abort", () => resolve(interruptedExitCode));
  });
  for (const name of ["SIGINT", "SIGTERM", "SIGHUP"] as const)
    process.on(name, () => interruption.abort());
  return { signal: interruption.signal, exitCode };
}
