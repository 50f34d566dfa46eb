import { expect, test } from "vitest";
import { createDependencies, type Provided } from "../../src/dependencies/dependencies.ts";
import { setupOf } from "../../src/domain/setup.ts";
import type { Clock } from "../../src/lib/clock.ts";
import type { SetupRequest, SetupResult } from "../../src/ports/dependencies.ts";
import { inGitWorld, shop } from "../adapters/git/git-world.ts";
import { anEpic, viewOf } from "../support/epic-view.ts";

const files = (...names: readonly string[]) => names;
const command = (...names: readonly string[]) =>
  setupOf([{ path: "", files: files(...names) }], null)?.command ?? null;

test("lock files say how a tree is set up; without one there is nothing to do (Q3b)", () => {
  expect(command("README.md", "package.json")).toBe(null);
  expect(command("package.json", "package-lock.json")).toBe("npm ci");
  expect(command("package.json", "npm-shrinkwrap.json", "yarn.lock")).toBe("npm ci");
  expect(command("pnpm-lock.yaml")).toBe("pnpm install --frozen-lockfile");
  expect(command("yarn.lock")).toBe("yarn install --frozen-lockfile");
  expect(command("yarn.lock", ".yarnrc.yml")).toBe("yarn install --immutable");
  expect(command("go.mod", "go.sum")).toBe("go mod download");
  expect(command("package-lock.json", "requirements.txt")).toBe(
    "npm ci && python3 -m pip install -r requirements.txt",
  );
  expect(command("Cargo.lock")).toContain("cargo fetch --locked");
});

test("where the root has no lock file, its folders' count, and never a shell's own words (Q3b)", () => {
  const below = [
    { path: "web", files: files("package-lock.json", "package.json") },
    { path: "it's", files: files("requirements.txt") },
  ];

  const found = setupOf([{ path: "", files: [] }, ...below], null);
  const rooted = setupOf([{ path: "", files: files("go.sum") }, ...below], null);

  expect(found?.command).toBe(
    "(cd 'web' && npm ci) && (cd 'it'\\''s' && python3 -m pip install -r requirements.txt)",
  );
  expect(found?.inputs.lists).toEqual(["it's/requirements.txt"]);
  expect(rooted?.command).toBe("go mod download");
});

test("an operator's command takes the place of what lock files say, and is a setup alone (Q3b)", () => {
  expect(setupOf([{ path: "", files: [] }], "make deps")?.command).toBe("make deps");
  expect(setupOf([{ path: "", files: files("yarn.lock") }], "make deps")).toMatchObject({
    command: "make deps",
    inputs: { names: expect.arrayContaining(["yarn.lock", ".yarnrc.yml"]) },
  });
});

/** Each look is a minute after the last: nobody waits for another try. */
function quickClock(): Clock {
  let nowMs = 0;
  const nextMs = (): number => {
    nowMs += 60_000;
    return nowMs;
  };
  return { nowMs: nextMs, sleep: () => Promise.resolve() };
}

type Asked = { readonly tree: string; readonly trust: string | undefined };

/** Asks for the sets of trees of epic 1, whose base and tip have these lock files. */
async function withTrees(
  locks: { readonly base: string | null; readonly tip: string | null },
  story: (world: {
    readonly ask: (lock: string | null, task: number | null) => Promise<Asked | null>;
    readonly provide: (result: SetupResult) => Promise<Provided>;
    readonly base: string;
    readonly tip: string;
    readonly own: () => string;
  }) => Promise<void>,
): Promise<void> {
  await inGitWorld(async (git) => {
    let asked: SetupRequest | null = null;
    let result: SetupResult = { kind: "failed", output: "no" };
    let own = "";
    const dependencies = createDependencies({
      git: git.git,
      sandbox: {
        setup: async (request) => {
          asked = request;
          return result;
        },
        knownSetup: async () => null,
        setupKey: async ({ inputs }) => inputs.join(),
      },
      broker: { openRegistries: async () => ({ dir: "" }), close: async () => undefined },
      inputs: { command: null, inputs: null, scripts: false },
      atOnce: 1,
      clock: quickClock(),
      onSetup: () => undefined,
    });
    const branch = (name: string, lock: string | null) =>
      git.branch(name, {
        "a.txt": name,
        ...(lock === null ? {} : { "package.json": "{}", "package-lock.json": lock }),
      });
    const base = branch("main", locks.base);
    const tip = branch("ff/epic-1", locks.tip);
    const provide = async (lock: string | null, task: number | null): Promise<Provided> => {
      own = branch("task", lock);
      const epic = anEpic(undefined, { repository: shop, baseSha: base, tipSha: tip });
      await git.git.fetch(shop);
      const view = viewOf([], { epic });
      return await dependencies.forTree(view, { sha: own, task });
    };
    await story({
      ask: async (lock, task) => {
        asked = null;
        await provide(lock, task);
        return asked && trustOf(asked);
      },
      provide: async (next) => {
        result = next;
        return await provide("mine", 2);
      },
      base,
      tip,
      own: () => own,
    });
  });
}

function trustOf({ tree, inputs }: SetupRequest): Asked {
  return { tree, trust: inputs[1] };
}

test("a tree that wants what the base wants gets what was built from the base's own files (Q3b, S5)", async () => {
  await withTrees({ base: "a", tip: "a" }, async ({ ask, base }) => {
    expect(await ask("a", 2)).toEqual({ tree: base, trust: "base" });
    expect(await ask("a", null)).toEqual({ tree: base, trust: "base" });
    expect(await ask(null, 2)).toBe(null);
  });
});

test("what an agent changed is built from its own tree, for its own task alone (Q3b, S5)", async () => {
  await withTrees({ base: "a", tip: "b" }, async ({ ask, tip, own }) => {
    const first = await ask("mine", 2);
    expect(first).toEqual({ tree: own(), trust: "epic 1 task 2" });
    expect((await ask("mine", 3))?.trust).toBe("epic 1 task 3");
    expect(await ask("b", 2)).toEqual({ tree: tip, trust: "epic 1" });
  });
});

test("a repository that begins to have dependencies has those of its task, then of its epic (Q3b)", async () => {
  await withTrees({ base: null, tip: null }, async ({ ask }) => {
    expect((await ask("mine", 2))?.trust).toBe("epic 1 task 2");
    expect((await ask("mine", null))?.trust).toBe("epic 1");
  });
});

test("failures that are not the tree's are counted until one try gets through (Q3b)", async () => {
  await withTrees({ base: null, tip: null }, async ({ provide }) => {
    const weather = { kind: "weather", reason: "503" } as const;
    expect(await provide(weather)).toMatchObject({ ...weather, tries: 1 });
    expect(await provide(weather)).toMatchObject({ ...weather, tries: 2 });
    expect(await provide({ kind: "failed", output: "no" })).toMatchObject({ kind: "failed" });
    expect(await provide(weather)).toMatchObject({ ...weather, tries: 1 });
  });
});

test("what a set has beside its tree hides no file that another tree has there (Q3b)", async () => {
  await withTrees({ base: null, tip: null }, async ({ provide }) => {
    const paths = ["node_modules", "a.txt", "packages/a/node_modules"].map((path) => ({
      path,
      isFolder: path !== "a.txt",
    }));
    const set = { key: "k", dir: "/sets/k", paths, owner: 0, bytes: 1, files: 1 };

    const provided = await provide({ kind: "ready", set });

    if (provided.kind !== "ready") throw new Error(provided.kind);
    expect(provided.set.paths.map(({ path }) => path)).toEqual([
      "node_modules",
      "packages/a/node_modules",
    ]);
  });
});
