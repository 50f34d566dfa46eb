import { mkdirSync } from "node:fs";
import { join } from "node:path";
import pino, { type Logger } from "pino";
import { createBroker } from "./adapters/broker/broker.ts";
import { claudeCodeVersion, findClaudeCode } from "./adapters/claude-code/find-claude-code.ts";
import { createGit, defaultCommitIdentity } from "./adapters/git/git.ts";
import { createGitHub } from "./adapters/github/create-github.ts";
import { bundleHarness } from "./adapters/harness/bundle-harness.ts";
import type { Work } from "./adapters/postgres/epics.ts";
import { createStore } from "./adapters/postgres/store.ts";
import { createQueues } from "./adapters/queues/queues.ts";
import { createSandbox } from "./adapters/sandbox/sandbox.ts";
import { createTerminal } from "./adapters/tmux/tmux.ts";
import { cellLimitsOf, setLimitsOf, setupInputsOf } from "./cell-settings.ts";
import { type Config, ConfigError, programFolders } from "./config.ts";
import { createDependencies, type Dependencies } from "./dependencies/dependencies.ts";
import type { ProfileBounds } from "./domain/profile.ts";
import type { Rules } from "./domain/settle.ts";
import { modelIdOf } from "./gateway/models.ts";
import { budgetsOf, modelsOf } from "./gateway-settings.ts";
import { systemClock } from "./lib/clock.ts";
import { createRedactor } from "./lib/redact.ts";
import { Secret } from "./lib/secret.ts";
import type { Git } from "./ports/git.ts";
import type { GitHub } from "./ports/git-hub.ts";
import type { Broker, Sandbox, Terminal } from "./ports/host.ts";
import type { Queues } from "./ports/queues.ts";
import type { Store } from "./ports/store.ts";

// The only file that builds adapters and hands them out as ports.

/** What every process of the product has. */
export type Core = {
  readonly config: Config;
  readonly log: Logger;
  readonly store: Store;
  readonly queues: Queues;
  readonly github: GitHub;
  readonly close: () => Promise<void>;
};

/** What a worker host has besides. */
export type Host = {
  readonly git: Git;
  readonly sandbox: Sandbox;
  readonly terminal: Terminal;
  readonly broker: Broker;
  readonly dependencies: Dependencies;
  /** Where Claude Code is; null when it is not installed here. */
  readonly claudeCode: string | null;
  readonly logDir: string;
  /** Who the product's commits are by, as git writes it. */
  readonly identity: string;
};

/** @throws {ConfigError} naming every variable that is missing */
export async function buildCore(config: Config, name: string): Promise<Core> {
  const log = createLog(config, name);
  const databaseUrl = required(config, "DATABASE_URL").reveal();
  const redisUrl = required(config, "REDIS_URL").reveal();
  const queues = createQueues(redisUrl, {
    host: config.HOST_NAME,
    prefix: config.REDIS_PREFIX,
  });
  const store = await createStore({
    databaseUrl,
    rules: rulesOf(config),
    spending: { limits: budgetsOf(config), pricesAsOf: modelsOf(config).asOf },
    onChange: (epicId, work) => wakeFor(queues, epicId, work),
  });
  const github = createGitHub({
    ...gitHubUrls(config),
    appId: required(config, "APP_ID"),
    privateKey: pem(required(config, "PRIVATE_KEY")),
    writeIntervalMs: config.GITHUB_WRITE_INTERVAL_MS,
    clock: systemClock,
    log,
  });
  const close = async () => {
    await queues.close();
    await store.close();
  };
  return { config, log, store, queues, github, close };
}

/** @throws {ConfigError} naming every variable that is missing */
export async function buildHost({ config, github, log }: Core): Promise<Host> {
  const dataDir = required(config, "DATA_DIR");
  const runtimeDir = required(config, "RUNTIME_DIR");
  const logDir = join(dataDir, "logs", "panes");
  mkdirSync(logDir, { recursive: true, mode: 0o700 });
  mkdirSync(runtimeDir, { recursive: true, mode: 0o700 });
  const claudeCode = findClaudeCode({
    configured: config.CLAUDE_CODE_PATH,
    toolsDir: join(dataDir, "tools"),
    path: programFolders(),
  });
  sayClaudeCode(log, claudeCode);
  const git = createGit({ dataDir, remoteOf: github.gitRemote });
  const sandbox = createSandbox({
    dataDir,
    limits: cellLimitsOf(config),
    bwrap: config.BUBBLEWRAP_PATH ?? null,
    withoutCells: config.UNSAFE_NO_SANDBOX !== undefined,
    users: { base: config.CELL_UID_BASE, count: config.CELL_UID_COUNT },
    readOnlyPaths: claudeCode === null ? [] : [claudeCode],
    rootfs: config.ROOTFS ?? null,
    harness: await bundleHarness(dataDir),
    programs: programFolders(),
    sets: setLimitsOf(config),
    handOut: config.DEPENDENCY_HAND_OUT,
    onStuck: (folder, reason) => log.warn({ folder, reason }, "folder.stuck"),
  });
  const broker = createBroker({ controlSocket: required(config, "BROKER_SOCKET") });
  return {
    claudeCode,
    ...{ git, sandbox, broker },
    dependencies: createDependencies({
      ...{ git, sandbox, broker },
      inputs: setupInputsOf(config),
      atOnce: config.SETUPS_AT_ONCE,
      clock: systemClock,
      onSetup: (what, facts) => log.info(facts, what),
    }),
    terminal: createTerminal({ socketPath: join(runtimeDir, "tmux.sock") }),
    logDir,
    identity: `${defaultCommitIdentity.name} <${defaultCommitIdentity.email}>`,
  };
}

/** The version is asked for beside everything else: nothing here waits for it. */
function sayClaudeCode(log: Logger, program: string | null): void {
  if (program === null) {
    log.info({}, "claude-code.absent");
    return;
  }
  void claudeCodeVersion(program).then((version) =>
    log.info({ program, version }, "claude-code.found"),
  );
}

/** The value of a variable that this program cannot do without. */
export function required<Name extends keyof Config>(
  config: Config,
  name: Name,
): NonNullable<Config[Name]> {
  const value = config[name];
  if (value === undefined || value === null)
    throw new ConfigError(`${name}: is needed here and not set; .env.example tells what it is`);
  return value;
}

export function rulesOf(config: Config): Rules {
  const models = modelsOf(config);
  return {
    maxWorkers: config.MAX_WORKERS,
    bounds: boundsOf(config),
    profiles: {
      orchestrator: {
        model: modelIdOf(config.ORCHESTRATOR_MODEL, models),
        permissions: config.ORCHESTRATOR_PERMISSIONS,
        harness: config.ORCHESTRATOR_HARNESS,
      },
      supervisor: {
        model: modelIdOf(config.SUPERVISOR_MODEL, models),
        permissions: config.SUPERVISOR_PERMISSIONS,
        harness: config.SUPERVISOR_HARNESS,
      },
      worker: {
        model: modelIdOf(config.WORKER_MODEL, models),
        permissions: config.WORKER_PERMISSIONS,
        harness: config.WORKER_HARNESS,
      },
    },
  };
}

/** What the operator chose for a role is allowed, whatever the lists say. */
function boundsOf(config: Config): ProfileBounds {
  const { WORKER_MODEL, SUPERVISOR_MODEL, ORCHESTRATOR_MODEL } = config;
  const { WORKER_HARNESS, SUPERVISOR_HARNESS, ORCHESTRATOR_HARNESS } = config;
  const models = modelsOf(config);
  const names = [...config.ALLOWED_MODELS, WORKER_MODEL, SUPERVISOR_MODEL, ORCHESTRATOR_MODEL];
  const own = [WORKER_HARNESS, SUPERVISOR_HARNESS, ORCHESTRATOR_HARNESS];
  return {
    models: Object.fromEntries(names.map((name) => [name, modelIdOf(name, models)])),
    maxPermissions: config.MAX_PERMISSIONS,
    harnesses: [...new Set([...config.ALLOWED_HARNESSES, ...own])],
  };
}

/** github.com, or a GitHub Enterprise Server by Probot's variables. */
function gitHubUrls(config: Config): {
  readonly baseUrl: string;
  readonly gitBaseUrl: string;
} {
  if (config.GHE_HOST === undefined)
    return { baseUrl: "https://api.github.com", gitBaseUrl: "https://github.com" };
  const gitBaseUrl = `${config.GHE_PROTOCOL}://${config.GHE_HOST}`;
  return { baseUrl: `${gitBaseUrl}/api/v3`, gitBaseUrl };
}

/** Environment variables hold PEM text on one line, with `\n` for its line ends. */
function pem(key: Secret): Secret {
  return new Secret(key.reveal().replaceAll("\\n", "\n"));
}

/** Nothing that is secret is ever logged, whoever puts it into a message. */
function createLog(config: Config, name: string): Logger {
  const secrets = Object.values(config).filter((value) => value instanceof Secret);
  const redact = createRedactor(secrets);
  return pino(
    { level: config.LOG_LEVEL, base: { name }, timestamp: pino.stdTimeFunctions.isoTime },
    { write: (line: string) => void process.stdout.write(redact(line)) },
  );
}

async function wakeFor(queues: Queues, epicId: number, { lanes, landing }: Work): Promise<void> {
  for (const lane of lanes)
    await queues.wake({ queue: lane.startsWith("agent/") ? "agents" : "effects", lane });
  if (landing) await queues.wake({ queue: "landings", epicId });
}
