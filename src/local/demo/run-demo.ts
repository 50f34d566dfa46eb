import { join } from "node:path";
import { defaultDataFolder } from "../embedded/product-folder.ts";
import { checkInputs } from "./check-inputs.ts";
import { checkWorld } from "./check-world.ts";
import { withVersions } from "./harness-versions.ts";
import { judgeWeather, readModelWeather } from "./model-weather.ts";
import { type DemoOptions, UsageError } from "./options.ts";
import { createPerson } from "./person.ts";
import { createOnlooker } from "./progress.ts";
import { buildReport, printReport } from "./report.ts";
import { provideState, takeRunFolders } from "./run-folders.ts";
import { createScreen, type Screen } from "./screen.ts";
import { scriptFailure } from "./script-failures.ts";
import type { Folders } from "./services.ts";
import { controlOf } from "./set-stage.ts";
import { firstToBreak, type Running, startAll } from "./start-all.ts";
import { watchEpic } from "./watch-epic.ts";

/** Runs the whole demo. @returns the exit code */
export async function runDemo(options: DemoOptions): Promise<number> {
  const data = options.data ?? join(defaultDataFolder(process.env), "demo");
  checkInputs(options);
  const { folders, release } = await takeRunFolders(data, { isNamed: options.data !== null });
  const screen = createScreen(process.stdout);
  const stops: (() => Promise<void>)[] = [];
  const { signal, exitCode } = onInterrupt();
  try {
    const state = await provideState(options, folders, screen.say);
    const running = await startAll(options, state, folders, { say: screen.say, signal, stops });
    const followed = follow(options, running, folders, { screen, interrupted: exitCode });
    return await Promise.race([followed, exitCode]);
  } catch (error) {
    // A terminal's Ctrl-C ends the services too: what they say of it is no news.
    if (signal.aborted) return await exitCode;
    throw error;
  } finally {
    for (const stop of stops.reverse()) await stop();
    release();
    if (signal.aborted) screen.say("Interrupted: everything that was started is stopped.");
  }
}

async function follow(
  options: DemoOptions,
  running: Running,
  folders: Folders,
  { screen, interrupted }: { readonly screen: Screen; readonly interrupted: Promise<number> },
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
    const end = await Promise.race([watched, firstToBreak(running, folders)]);
    if (typeof end === "string") throw new UsageError(end);
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
    const problem = end.problem ?? (weather === null ? null : judgeWeather(weather, crashes));
    printReport(report, problem, screen);
    if (options.stay) {
      screen.say("Everything keeps running. Ctrl-C ends it.");
      await interrupted;
    }
    if (options.json) screen.say(JSON.stringify(report));
    const isDone = end.isOver && end.progress.state === "COMPLETED";
    return isDone && problem === null && violations.length === 0 ? 0 : 1;
  } finally {
    await onlooker.close();
  }
}

const interruptedExitCode = 130;

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
