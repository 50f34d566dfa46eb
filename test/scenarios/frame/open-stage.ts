import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { provideState, takeRunFolders } from "../../../src/local/demo/run-folders.ts";
import {
  type Folders,
  type RunWishes,
  startModel,
  startProduct,
} from "../../../src/local/demo/services.ts";
import { type Running, startAll, untilGivenUp } from "../../../src/local/demo/start-all.ts";
import type { Child } from "../../../src/local/embedded/child.ts";
import type { Play } from "./scene.ts";

// The services of a scenario: the demo's own. Product and model are started anew for every play.

export type OpenStage = {
  readonly folders: Folders;
  readonly running: () => Running;
  readonly play: (play: Play) => Promise<void>;
  /** Rejects when a service ends by itself. */
  readonly broke: Promise<never>;
  readonly close: () => Promise<void>;
};

/** Takes the folder; nothing runs before the first play. */
export async function openStage(data: string, say: (line: string) => void): Promise<OpenStage> {
  const { folders, release } = await takeRunFolders(data, { isNamed: true });
  const stops: (() => Promise<void>)[] = [];
  const { broke, watch, forget } = watchChildren(folders);
  let running: Running | null = null;
  let playing: Promise<void> = Promise.resolve();
  const closing = new AbortController();
  const { signal } = closing;
  let plays = 0;
  const start = async ({ script, environment }: Play): Promise<void> => {
    const earlier = running;
    const state =
      earlier?.state ?? (await provideState({ resume: false, weather: null }, folders, say));
    plays += 1;
    const file = join(data, `script-${plays}.yml`);
    writeFileSync(file, script);
    const wishes = { repo: null, script: file, verify: null, weather: null, environment };
    if (earlier === null) running = await startAll(wishes, state, folders, { say, signal, stops });
    else
      running = await untilGivenUp(signal, folders, () =>
        startAgain(wishes, earlier, folders, { forget, stops }),
      );
    for (const [name, child] of running.children) watch(name, child);
  };
  return {
    folders,
    broke,
    running: () => {
      if (running === null) throw new Error("nothing runs yet: call scene.play first");
      return running;
    },
    play: async (play) => {
      playing = start(play);
      await playing;
    },
    close: async () => {
      closing.abort();
      // What is being started now has to be known before it can be stopped.
      await playing.catch(() => null);
      forget();
      for (const stop of stops.reverse()) await stop();
      release();
    },
  };
}

async function startAgain(
  wishes: RunWishes,
  earlier: Running,
  folders: Folders,
  { forget, stops }: { readonly forget: () => void; readonly stops: (() => Promise<void>)[] },
): Promise<Running> {
  const { state, stage, servers } = earlier;
  const children = new Map(earlier.children);
  const replace = (name: string, child: Child): void => {
    children.set(name, child);
    stops.push(() => child.stop());
  };
  forget();
  await children.get("the factory")?.stop();
  await children.get("the scripted model")?.stop();
  const model = await startModel(wishes, state, folders);
  if (model) replace("the scripted model", model);
  replace("the factory", await startProduct(wishes, state, stage, { folders, servers }));
  return { ...earlier, children };
}

/** Children that are forgotten may end. */
function watchChildren({ logs }: Folders) {
  const watched = new Set<Child>();
  let fail: (reason: Error) => void = () => {};
  const broke = new Promise<never>((_, reject) => {
    fail = reject;
  });
  broke.catch(() => null);
  return {
    broke,
    forget: () => watched.clear(),
    watch: (name: string, child: Child): void => {
      if (watched.has(child)) return;
      watched.add(child);
      void child.ended.then(({ code, signal }) => {
        const how = signal ?? `exit code ${code}`;
        if (watched.has(child)) fail(new Error(`${name} ended by itself (${how}); see ${logs}`));
      });
    },
  };
}
