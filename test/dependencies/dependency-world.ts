import { join } from "node:path";
import { createBroker } from "../../src/adapters/broker/broker.ts";
import type { HandOut } from "../../src/adapters/sandbox/dependencies/lending.ts";
import type { SetLimits } from "../../src/adapters/sandbox/dependencies/set-limits.ts";
import { createSandbox } from "../../src/adapters/sandbox/sandbox.ts";
import { startBroker } from "../../src/broker/broker.ts";
import { DEFAULT_BROKER_LIMITS } from "../../src/broker/broker-limits.ts";
import { DEFAULT_REGISTRY_LIMITS } from "../../src/broker/registry-limits.ts";
import type { DependencySet, SetupRequest, SetupResult } from "../../src/ports/dependencies.ts";
import type { Broker, Sandbox } from "../../src/ports/host.ts";
import { type CellWorld, cellWorld, layOutWorktree } from "../adapters/sandbox/cell-world.ts";
import {
  type LocalPackage,
  type LocalRegistry,
  npmLock,
  npmManifest,
  startLocalRegistry,
} from "./local-registry.ts";

export type DependencyWorld = CellWorld & {
  readonly registry: LocalRegistry;
  readonly broker: Broker;
  /** A commit of a project that needs all packages of the registry. */
  readonly project: (more?: Readonly<Record<string, string>>) => string;
  readonly setup: (tree: string, change?: Partial<SetupRequest>) => Promise<SetupResult>;
  /** @throws unless it is ready */
  readonly madeSet: (tree: string, change?: Partial<SetupRequest>) => Promise<DependencySet>;
  /** Another process of the product on the same host. */
  readonly sandboxAgain: (handOut: HandOut) => Sandbox;
  readonly worktreeAt: (name: string) => CellWorld["worktree"];
};

export type DependencyOptions = {
  readonly packages?: readonly LocalPackage[];
  readonly sets?: Partial<SetLimits>;
  readonly handOut?: HandOut;
  /** How many users cells may have; 0: they run as the product's own. */
  readonly users?: number;
};

const LEFT: LocalPackage = {
  name: "left",
  version: "1.0.0",
  files: { "index.js": "module.exports = () => 'left';\n", "bin.js": "#!/usr/bin/env node\n" },
};

/** A host with cells, a broker and a registry of its own; all real, all on this machine. */
export async function inDependencyWorld(
  options: DependencyOptions,
  story: (world: DependencyWorld) => Promise<void>,
): Promise<void> {
  const { packages = [LEFT], sets = {}, handOut = "auto", users } = options;
  const registry = await startLocalRegistry(packages);
  const cells = cellWorld();
  const running = await startBroker({
    dir: join(cells.folder, "b"),
    upstream: new URL("http://127.0.0.1:9"),
    secret: null,
    limits: DEFAULT_BROKER_LIMITS,
    registries: {
      registries: [{ name: "npm", url: registry.url }],
      privateHosts: new Set(["127.0.0.1"]),
      limits: DEFAULT_REGISTRY_LIMITS,
    },
  });
  const broker = createBroker({ controlSocket: running.controlSocket });
  const sandboxAgain = (by: HandOut): Sandbox =>
    createSandbox({
      dataDir: cells.dataDir,
      sets,
      handOut: by,
      users: users === undefined ? {} : { count: users },
    });
  const sandbox = sandboxAgain(handOut);
  const setup = (tree: string, change: Partial<SetupRequest> = {}): Promise<SetupResult> =>
    sandbox.setup({
      inputs: [tree],
      mirror: cells.worktree.mirror,
      tree,
      command: "npm ci",
      tools: ["node", "npm"],
      openRegistries: broker.openRegistries,
      closeRegistries: broker.close,
      ...change,
    });
  try {
    await story({
      ...cells,
      sandbox,
      shell: (line, change = {}) =>
        sandbox.run(
          {
            id: `cell-${Math.random().toString(36).slice(2)}`,
            worktree: cells.worktree,
            brokerDir: null,
            environment: {},
            timeoutMs: 20_000,
            ...change,
          },
          ["/bin/sh", "-c", line],
          { maxOutputBytes: 100_000 },
        ),
      registry,
      broker,
      project: (more = {}) =>
        cells.commit({
          "package.json": npmManifest(packages),
          "package-lock.json": npmLock(packages),
          "src/index.js": "console.log(require('left')());\n",
          ".gitignore": "node_modules/\n",
          ...more,
        }),
      setup,
      madeSet: async (tree, change) => {
        const result = await setup(tree, change);
        if (result.kind !== "ready") throw new Error(JSON.stringify(result));
        return result.set;
      },
      sandboxAgain,
      worktreeAt: (name) =>
        layOutWorktree(cells.worktree.mirror, join(cells.folder, "trees", name)),
    });
  } finally {
    await running.stop();
    await registry.close();
  }
}
