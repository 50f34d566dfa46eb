import { execFile, execFileSync } from "node:child_process";
import { cpSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { promisify } from "node:util";
import { createBroker } from "../src/adapters/broker/broker.ts";
import type { HandOut } from "../src/adapters/sandbox/dependencies/lending.ts";
import { createSandbox } from "../src/adapters/sandbox/sandbox.ts";
import { startBroker } from "../src/broker/broker.ts";
import { DEFAULT_BROKER_LIMITS } from "../src/broker/broker-limits.ts";
import { DEFAULT_REGISTRY_LIMITS } from "../src/broker/registry-limits.ts";
import type { DependencySet } from "../src/ports/dependencies.ts";
import type { Worktree } from "../src/ports/git.ts";
import type { Sandbox } from "../src/ports/host.ts";
import {
  type LocalPackage,
  npmLock,
  npmManifest,
  startLocalRegistry,
} from "../test/dependencies/local-registry.ts";

// How long a worktree waits for 10,000 files of dependencies: npm again, a copy, an overlay. Each
// beside its floor: the same without the product. `node bench/dependencies.ts`

const run = promisify(execFile);
const PACKAGES = 100;
const FILES_EACH = 100;
const ROUNDS = 3;
const LONGEST_MS = 120_000;

const packages: readonly LocalPackage[] = Array.from({ length: PACKAGES }, (_, index) => ({
  name: `package-${index}`,
  version: "1.0.0",
  files: Object.fromEntries(
    Array.from({ length: FILES_EACH - 1 }, (__, file) => [
      `lib/part-${file}.js`,
      `// ${index} ${file}\n${"module.exports = 'words of a module';\n".repeat(file % 90)}`,
    ]),
  ),
}));
const project = {
  "package.json": npmManifest(packages),
  "package-lock.json": npmLock(packages),
  ".gitignore": "node_modules/\n",
};

await main();

async function main(): Promise<void> {
  const folder = mkdtempSync(join(tmpdir(), "bench-dependencies-"));
  const registry = await startLocalRegistry(packages);
  const broker = await startBroker({
    dir: join(folder, "b"),
    upstream: new URL("http://127.0.0.1:9"),
    secret: null,
    limits: DEFAULT_BROKER_LIMITS,
    registries: {
      registries: [{ name: "npm", url: registry.url }],
      privateHosts: new Set(["127.0.0.1"]),
      limits: DEFAULT_REGISTRY_LIMITS,
    },
  });
  try {
    const host = { folder, registryUrl: registry.url, controlSocket: broker.controlSocket };
    await compare(host);
  } finally {
    await broker.stop();
    await registry.close();
    rmSync(folder, { recursive: true, force: true });
  }
}

type BenchHost = {
  readonly folder: string;
  readonly registryUrl: string;
  readonly controlSocket: string;
};

async function compare(host: BenchHost): Promise<void> {
  const { folder } = host;
  const { mirror, tree } = makeMirror(folder);
  const sandboxOf = (handOut: HandOut): Sandbox =>
    createSandbox({ dataDir: join(folder, "data"), handOut });
  const overlay = sandboxOf("overlay");
  const bareNpm = await bareInstall(host);
  let set: DependencySet | null = null;
  const setupMs = await timed(async () => {
    set = await makeSet(overlay, host, { mirror, tree });
  });
  const made = requireSet(set);
  row("npm ci, in its cell through the broker", bareNpm, setupMs);
  const worktree = worktreeIn(folder, mirror);
  const copying = sandboxOf("copy");
  const bare = await start(overlay, worktree, { name: "bare", set: null });
  const again = { name: "overlay", set: made };
  row("a cell with it, by overlay", bare, await start(overlay, worktree, again));
  row("the same for the next life", bare, await start(overlay, worktree, again));
  const copied = await timed(async () => {
    cpSync(join(made.dir, "tree"), join(folder, "floor"), { recursive: true });
  });
  const copy = { name: "copy", set: made };
  row("a cell with it, by copy", copied, await start(copying, worktree, copy));
  const plain = await verify(overlay, { mirror, tree, set: null });
  row(
    "verification with it, by overlay",
    plain,
    await verify(overlay, { mirror, tree, set: made }),
  );
  row("verification with it, by copy", plain, await verify(copying, { mirror, tree, set: made }));
  process.stdout.write(
    `${made.files} files, ${Math.round(made.bytes / 1024)} KiB; level: ${(await overlay.level()).level}\n`,
  );
}

/** What a worktree waits for: the median of fresh ones, or of one that has its set already. */
async function start(
  sandbox: Sandbox,
  worktree: (key: string) => Worktree,
  { name, set }: { readonly name: string; readonly set: DependencySet | null },
): Promise<number> {
  const times: number[] = [];
  for (let round = 0; round < ROUNDS; round += 1) {
    const one = worktree(`${name}-${round}`);
    times.push(
      await timed(async () => {
        const dependencies = set === null ? null : await sandbox.lend(one, set);
        const cell = { worktree: one, dependencies, brokerDir: null, environment: {} };
        const looks = set === null ? "true" : "test -e node_modules/package-7/package.json";
        const result = await sandbox.run(
          { ...cell, id: `bench-${round}`, timeoutMs: LONGEST_MS },
          ["/bin/sh", "-c", looks],
          { maxOutputBytes: 10_000 },
        );
        if (result.exitCode !== 0) throw new Error(`the cell failed: ${result.output}`);
      }),
    );
  }
  return median(times);
}

async function verify(
  sandbox: Sandbox,
  what: { readonly mirror: string; readonly tree: string; readonly set: DependencySet | null },
): Promise<number> {
  const times: number[] = [];
  for (let round = 0; round < ROUNDS; round += 1)
    times.push(
      await timed(async () => {
        const bounds = { timeoutMs: LONGEST_MS, maxOutputBytes: 10_000, dependencies: what.set };
        const { exitCode } = await sandbox.verify(what.mirror, what.tree, "true", bounds);
        if (exitCode !== 0) throw new Error("the verification failed");
      }),
    );
  return median(times);
}

async function makeSet(
  sandbox: Sandbox,
  { controlSocket }: BenchHost,
  { mirror, tree }: { readonly mirror: string; readonly tree: string },
): Promise<DependencySet> {
  const broker = createBroker({ controlSocket });
  const result = await sandbox.setup({
    ...{ inputs: [tree], mirror, tree, command: "npm ci", tools: ["node", "npm"] },
    openRegistries: broker.openRegistries,
    closeRegistries: broker.close,
  });
  if (result.kind !== "ready") throw new Error(JSON.stringify(result));
  return result.set;
}

/** npm as a person runs it, straight to the registry. */
async function bareInstall({ folder, registryUrl }: BenchHost): Promise<number> {
  const here = join(folder, "bare-npm");
  writeProject(here);
  return await timed(async () => {
    await run("npm", ["ci", "--no-audit", "--no-fund", "--ignore-scripts"], {
      cwd: here,
      timeout: LONGEST_MS,
      env: {
        PATH: process.env["PATH"],
        HOME: folder,
        npm_config_registry: registryUrl,
        npm_config_replace_registry_host: "always",
      },
    });
  });
}

function makeMirror(folder: string): { readonly mirror: string; readonly tree: string } {
  const from = join(folder, "project");
  const mirror = join(folder, "mirror.git");
  writeProject(from);
  const git = (...args: readonly string[]): string =>
    execFileSync("git", ["-c", "user.name=Ada", "-c", "user.email=ada@example.com", ...args], {
      cwd: from,
      encoding: "utf8",
    });
  git("init", "-q", "-b", "main");
  git("add", "-A");
  git("commit", "-qm", "start");
  git("clone", "-q", "--bare", ".", mirror);
  return { mirror, tree: git("rev-parse", "HEAD^{tree}").trim() };
}

/** A worktree of this name, the same at every call. */
function worktreeIn(folder: string, mirror: string): (key: string) => Worktree {
  return (key) => {
    const path = join(folder, "trees", key);
    const gitDir = join(mirror, "worktrees", key);
    mkdirSync(gitDir, { recursive: true });
    mkdirSync(path, { recursive: true });
    writeFileSync(join(path, ".git"), `gitdir: ${gitDir}\n`);
    return { key, path, gitDir, mirror };
  };
}

function writeProject(folder: string): void {
  mkdirSync(folder, { recursive: true });
  for (const [name, text] of Object.entries(project)) writeFileSync(join(folder, name), text);
}

async function timed(work: () => Promise<void>): Promise<number> {
  const startedMs = performance.now();
  await work();
  return performance.now() - startedMs;
}

function median(values: readonly number[]): number {
  return [...values].sort((one, other) => one - other)[Math.floor(values.length / 2)] ?? 0;
}

function requireSet(set: DependencySet | null): DependencySet {
  if (set === null) throw new Error("there is no set");
  return set;
}

function row(name: string, floorMs: number, oursMs: number): void {
  const shown = [floorMs, oursMs].map((ms) => `${Math.round(ms)} ms`.padStart(10)).join("");
  process.stdout.write(`${name.padEnd(44)}${shown}${(oursMs / floorMs).toFixed(2).padStart(8)}\n`);
}
