import { existsSync, mkdirSync, readdirSync, rmSync } from "node:fs";
import { join } from "node:path";
import type { Child } from "../embedded/child.ts";
import { takeDataFolder } from "../embedded/data-folder.ts";
import { socketFolderFor } from "../embedded/folders.ts";
import { defaultDataFolder } from "../embedded/product-folder.ts";
import { resolveServers, type Servers } from "../embedded/resolve-servers.ts";
import { checkInputs } from "./check-inputs.ts";
import { checkWorld } from "./check-world.ts";
import { type DemoOptions, UsageError } from "./options.ts";
import { createPerson } from "./person.ts";
import { createOnlooker } from "./progress.ts";
import { buildReport, printReport } from "./report.ts";
import { newRunState, type RunState, readRunState, writeRunState } from "./run-state.ts";
import { createScreen, type Screen } from "./screen.ts";
import { scriptFailure } from "./script-failures.ts";
import {
  endSessions,
  type Folders,
  startBroker,
  startProduct,
  startServers,
  startStandIns,
  tmuxSocket,
} from "./services.ts";
import { controlOf, setStage } from "./set-stage.ts";
import { watchEpic } from "./watch-epic.ts";

/** Runs the whole demo. @returns the exit code */
export async function runDemo(options: DemoOptions): Promise<number> {
  const data = options.data ?? join(defaultDataFolder(process.env), "demo");
  checkInputs(options);
  const taken = takeFolder(data);
  if ("refused" in taken) throw new UsageError(taken.detail);
  const folders = foldersOf(data);
  const screen = createScreen(process.stdout);
  const stops: (() => Promise<void>)[] = [];
  const interrupted = onInterrupt();
  try {
    const state = await provideState(options, folders, screen);
    const running = await startAll(options, state, folders, { screen, stops });
    const followed = follow(options, running, folders, { screen, interrupted });
    return await Promise.race([followed, interrupted]);
  } finally {
    for (const stop of stops.reverse()) await stop();
    await endSessions(folders);
    taken.release();
  }
}

/** A folder that cannot be one is the person's to change, like one in use. */
function takeFolder(data: string): ReturnType<typeof takeDataFolder> {
  try {
    return takeDataFolder(data);
  } catch (error) {
    const reason = error instanceof Error ? error.message : String(error);
    throw new UsageError(`--data ${data}: cannot be used (${reason})`);
  }
}

function foldersOf(data: string): Folders {
  const folders = {
    data,
    runtime: `${socketFolderFor(data)}-host`,
    logs: join(data, "logs"),
    product: join(data, "product"),
  };
  return folders;
}

/** A new run begins on an empty folder; a resumed one with what the killed one left. */
async function provideState(
  options: DemoOptions,
  folders: Folders,
  screen: Screen,
): Promise<RunState> {
  const earlier = options.resume ? readRunState(folders.data) : null;
  if (options.resume && !earlier) screen.say("Nothing to resume here: this is a new run.");
  if (!earlier) await empty(folders, screen);
  mkdirSync(folders.logs, { recursive: true, mode: 0o700 });
  return earlier ?? writeRunState(folders.data, await newRunState());
}

async function empty(folders: Folders, screen: Screen): Promise<void> {
  if (existsSync(join(folders.data, "run.json")) && !process.env.DATABASE_URL) {
    // Servers of a killed run are adopted first, so that they can be stopped like any other.
    const left = await resolveServers({ env: {}, dataDir: folders.data });
    await left.stop();
    if (left.adopted.length > 0) screen.say("Stopped what a killed run had left.");
  }
  await endSessions(folders);
  for (const name of readdirSync(folders.data))
    if (name !== "lock") rmSync(join(folders.data, name), { recursive: true, force: true });
}

export type Running = {
  readonly state: RunState;
  readonly servers: Servers;
  /** The first of the services that ended by itself. */
  readonly broke: Promise<string>;
};

async function startAll(
  options: DemoOptions,
  state: RunState,
  folders: Folders,
  { screen, stops }: { readonly screen: Screen; readonly stops: (() => Promise<void>)[] },
): Promise<Running> {
  screen.say("Starting PostgreSQL and Redis …");
  const servers = await startServers(folders, screen.say);
  stops.push(() => servers.stop());
  screen.say("Starting the local GitHub, the model, the broker and the factory …");
  const { gitHub, model } = await startStandIns(options, state, folders);
  const children: [string, Child][] = [["the local GitHub", gitHub]];
  if (model) children.push(["the scripted model", model]);
  stops.push(
    ...children.map(
      ([, child]) =>
        () =>
          child.stop(),
    ),
  );
  const stage = state.stage ?? (await setStage(options, state, folders));
  const staged = writeRunState(folders.data, { ...state, stage });
  const broker = await startBroker(staged, folders);
  stops.push(() => broker.stop());
  const product = await startProduct(options, staged, stage, { folders, servers });
  stops.push(() => product.stop());
  children.push(["the broker", broker], ["the factory", product]);
  screen.say(`Local GitHub   http://127.0.0.1:${state.ports.gitHub}/${stage.repository}`);
  screen.say(`Watch agents   tmux -S ${tmuxSocket(folders)} attach -r`);
  const broke = Promise.race(
    children.map(async ([name, child]) => {
      const { code, signal } = await child.ended;
      return `${name} ended by itself (${signal ?? `exit code ${code}`}); see ${folders.logs}`;
    }),
  );
  return { state: staged, servers, broke };
}

async function follow(
  options: DemoOptions,
  running: Running,
  folders: Folders,
  { screen, interrupted }: { readonly screen: Screen; readonly interrupted: Promise<number> },
): Promise<number> {
  const { state, servers, broke } = running;
  const { stage } = state;
  if (stage === null) throw new Error("the stage is not set");
  const onlooker = createOnlooker(servers.databaseUrl);
  try {
    const issue = await createPerson(state, stage).labelEpic(options.epic);
    screen.say(`${stage.person.login} labelled issue #${issue} \`epic\`.`);
    const watched = watchEpic({
      ...{ issue, options, state, stage, onlooker, screen },
      scriptFailure: () => scriptFailure(state, folders),
    });
    const end = await Promise.race([watched, broke]);
    if (typeof end === "string") throw new UsageError(end);
    const violations = await checkWorld(state, folders, servers, { ended: end.isOver });
    const report = await buildReport({
      progress: end.progress,
      issue,
      violations,
      requests: await controlOf(state, folders).requests(),
      usage: await onlooker.usage(),
      seconds: (Date.now() - state.startedAtMs) / 1_000,
    });
    printReport(report, end.problem, screen);
    if (options.stay) {
      screen.say("Everything keeps running. Ctrl-C ends it.");
      await interrupted;
    }
    if (options.json) screen.say(JSON.stringify(report));
    return end.isOver && end.progress.state === "COMPLETED" && violations.length === 0 ? 0 : 1;
  } finally {
    await onlooker.close();
  }
}

const interruptedExitCode = 130;

/** Ctrl-C and SIGTERM end the demo in order: what it started is stopped. */
function onInterrupt(): Promise<number> {
  return new Promise((resolve) => {
    for (const signal of ["SIGINT", "SIGTERM"] as const)
      process.once(signal, () => resolve(interruptedExitCode));
  });
}
