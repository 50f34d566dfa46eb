import type { Child } from "../embedded/child.ts";
import { endTerminals } from "../embedded/end-terminals.ts";
import { endNoted, forgetNoted } from "../embedded/noted-processes.ts";
import type { Servers } from "../embedded/resolve-servers.ts";
import { startGuard } from "../embedded/start-guard.ts";
import { type RunState, type Stage, writeRunState } from "./run-state.ts";
import {
  type Folders,
  type RunWishes,
  startBroker,
  startLocalGitHub,
  startModel,
  startProduct,
  startServers,
  tmuxSocket,
} from "./services.ts";
import { setStage } from "./set-stage.ts";

export type Running = {
  readonly state: RunState;
  readonly stage: Stage;
  readonly servers: Servers;
  /** By the names that people are told. */
  readonly children: ReadonlyMap<string, Child>;
};

/** What a run is told, and what is to be stopped when it ends, the last first. */
export type RunEnds = {
  readonly say: (line: string) => void;
  /** Gives it up: nothing more is started, and whoever is being started is ended. */
  readonly signal: AbortSignal;
  readonly stops: (() => Promise<void>)[];
};

/** A kill at any point is what the product is made for: nobody waits long for a drain. */
const stopLimitMs = 5_000;

/**
 * Starts everything the product needs, sets the stage, and starts the product on it.
 *
 * @throws {Error} when it was given up meanwhile; what is to be stopped is among the ends all the same
 */
export async function startAll(
  wishes: RunWishes,
  state: RunState,
  folders: Folders,
  ends: RunEnds,
): Promise<Running> {
  const start = () => startEach(wishes, state, folders, ends);
  return await untilGivenUp(ends.signal, folders, start);
}

/** Does the work; whoever it waits for is ended when it is given up, so that it ends as well. */
export async function untilGivenUp<Made>(
  signal: AbortSignal,
  { data }: Folders,
  work: () => Promise<Made>,
): Promise<Made> {
  signal.throwIfAborted();
  let ending: Promise<unknown> = Promise.resolve();
  const endAll = (): void => {
    ending = endNoted(data);
  };
  signal.addEventListener("abort", endAll, { once: true });
  try {
    return await work();
  } finally {
    signal.removeEventListener("abort", endAll);
    await ending;
  }
}

async function startEach(
  wishes: RunWishes,
  state: RunState,
  folders: Folders,
  { say, signal, stops }: RunEnds,
): Promise<Running> {
  const children = new Map<string, Child>();
  const keep = (name: string, child: Child): void => {
    children.set(name, child);
    stops.push(() => child.stop(stopLimitMs));
    signal.throwIfAborted();
  };
  stops.push(async () => forgetNoted(folders.data));
  stops.push(startGuard({ dataDir: folders.data, runtimeDir: folders.runtime }));
  stops.push(() => endTerminals(folders.runtime));
  say("Starting PostgreSQL and Redis …");
  const servers = await startServers(folders, say);
  stops.push(() => servers.stop());
  signal.throwIfAborted();
  say("Starting the local GitHub, the model, the broker and the factory …");
  keep("the local GitHub", await startLocalGitHub(state, folders));
  const model = await startModel(wishes, state, folders);
  if (model) keep("the scripted model", model);
  const stage = state.stage ?? (await setStage(wishes, state, folders));
  const staged = writeRunState(folders.data, { ...state, stage });
  keep("the broker", await startBroker(staged, folders));
  keep("the factory", await startProduct(wishes, staged, stage, { folders, servers }));
  say(`Local GitHub   http://127.0.0.1:${state.ports.gitHub}/${stage.repository}`);
  say(`Watch agents   tmux -S ${tmuxSocket(folders)} attach -r`);
  return { state: staged, stage, servers, children };
}

/** The first of the services that ends by itself, in a sentence. */
export function firstToBreak({ children }: Running, folders: Folders): Promise<string> {
  return Promise.race(
    [...children].map(async ([name, child]) => {
      const { code, signal } = await child.ended;
      return `${name} ended by itself (${signal ?? `exit code ${code}`}); see ${folders.logs}`;
    }),
  );
}
