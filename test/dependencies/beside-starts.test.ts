import { expect, test } from "vitest";
import { awaitFact } from "../../src/lib/await-fact.ts";
import type { Sandbox } from "../../src/ports/host.ts";
import { type HostWorld, onHost } from "../host/host-world.ts";
import { dependenciesOn, startOnce } from "./real-dependencies.ts";

const COMMAND = "mkdir node_modules; echo installed >node_modules/it";
const LOOK = "cat node_modules/it; sleep 1000";
const WAITS = {
  kind: "queued",
  queue: "setup",
  reason: "its dependencies are being installed",
  delayMs: 50,
};

/** The same host, on which a setup begins to run when it is told to; never: as in a killed process. */
function withSlowSetups({ ports }: HostWorld) {
  const { promise, resolve: letGo } = Promise.withResolvers<void>();
  const setups: string[] = [];
  const fetches: string[] = [];
  const sandbox: Sandbox = {
    ...ports.sandbox,
    setup: async (request) => {
      setups.push(request.tree);
      await promise;
      return await ports.sandbox.setup(request);
    },
    checkout: async (worktree, treeish) => {
      fetches.push(treeish);
      await ports.sandbox.checkout(worktree, treeish);
    },
  };
  return { sandbox, setups, fetches, letGo };
}

test("a setup takes nobody's turn: a start comes again when its dependencies are there (Q3b, G6)", () =>
  onHost(LOOK, async (world) => {
    const { sandbox, setups, fetches, letGo } = withSlowSetups(world);
    const dependencies = dependenciesOn({ ...world.ports, sandbox }, COMMAND);
    const start = () => startOnce(world, { sandbox, dependencies });

    expect(await start()).toEqual(WAITS);
    expect(await start()).toEqual(WAITS);
    expect(setups).toHaveLength(1);
    // Whoever waits does not even look at files.
    expect(fetches).toHaveLength(1);
    letGo();
    await awaitFact("the life has started", start, ({ kind }) => kind === "done", {
      limitMs: 20_000,
    });

    await world.session((session) => session !== undefined && !session.dead);
    expect(setups).toHaveLength(1);
  }));

test("a setup that died with its process is run by the next one (Q3b, R9)", () =>
  onHost(LOOK, async (world) => {
    const killed = withSlowSetups(world);
    const before = dependenciesOn({ ...world.ports, sandbox: killed.sandbox }, COMMAND);
    expect(await startOnce(world, { dependencies: before })).toEqual(WAITS);

    const dependencies = dependenciesOn(world.ports, COMMAND);
    const start = () => startOnce(world, { dependencies });
    await awaitFact("the life has started", start, ({ kind }) => kind === "done", {
      limitMs: 20_000,
    });

    await world.session((session) => session !== undefined && !session.dead);
  }));

test("while registries are in trouble a start waits, and begins without them at last (Q3b)", () =>
  onHost(LOOK, async (world) => {
    let tries = 0;
    const dependencies = {
      inTheMaking: () => null,
      withoutWaiting: async () => {
        tries += 1;
        const weather = { kind: "weather", reason: "503 for left", isNew: true } as const;
        return { ...weather, tries, retryInMs: 4_000 };
      },
    };
    const settings = { ...world.ports.settings, setupTries: 2 };

    expect(await startOnce(world, { dependencies, settings })).toEqual({
      ...{ kind: "queued", queue: "setup", delayMs: 4_000 },
      reason: "package registries are in trouble: try 1 of 2 to install its dependencies",
    });
    expect((await world.view()).unreadMail).toEqual([]);
    expect(await startOnce(world, { dependencies, settings })).toMatchObject({ kind: "done" });

    expect((await world.view()).unreadMail[0]?.body).toContain("503 for left");
  }));
