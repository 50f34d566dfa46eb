import { chmodSync, mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { type Child, startChild } from "../embedded/child.ts";
import { terminalsSocket } from "../embedded/end-terminals.ts";
import { noteProcess } from "../embedded/noted-processes.ts";
import { resolveServers, type Servers } from "../embedded/resolve-servers.ts";
import type { DemoOptions } from "./options.ts";
import { registryVariables } from "./registry-variables.ts";
import { RunFailure } from "./run-failure.ts";
import type { RunState, Stage } from "./run-state.ts";

const root = join(import.meta.dirname, "../../..");
const readyLimitMs = 60_000;

export type Folders = {
  readonly data: string;
  /** Short: unix sockets below it have at most 107 characters. */
  readonly runtime: string;
  readonly logs: string;
  readonly product: string;
};

/** What a run may wish for, of its services. */
export type RunWishes = Pick<DemoOptions, "repo" | "script" | "verify"> & {
  /** A file of limits and faults of the scripted model. */
  readonly weather: string | null;
  /** Variables of the product that this run sets; they win over what the services set. */
  readonly environment: Readonly<Record<string, string>>;
};

/** The two servers, embedded or given by URL. */
export async function startServers(
  folders: Folders,
  say: (line: string) => void,
): Promise<Servers> {
  return await resolveServers({ env: process.env, dataDir: folders.data, say });
}

/** The local GitHub, with what it kept. */
export async function startLocalGitHub(state: RunState, folders: Folders): Promise<Child> {
  return await startNode("local GitHub", folders, /local GitHub ready: (\S+)/, {
    program: "src/local/demo/serve-github.ts",
    args: [String(state.ports.gitHub), join(folders.data, "github")],
    env: passed(["LOCAL_GITHUB_RECORD"]),
  });
}

/** The scripted model; null where a real provider is given. */
export async function startModel(
  { script, weather }: Pick<RunWishes, "script" | "weather">,
  state: RunState,
  folders: Folders,
): Promise<Child | null> {
  if (usesRealModel()) return null;
  const dataDir = join(folders.data, "model");
  return await startNode("scripted model", folders, /^ANTHROPIC_BASE_URL=(\S+)$/m, {
    program: "src/local/model/main.ts",
    args: [
      ...["--port", String(state.ports.model), "--script", script, "--data", dataDir],
      ...(weather === null ? [] : ["--weather", weather, "--goes-on"]),
    ],
    env: { SCRIPTED_MODEL_KEY: state.modelKey },
  });
}

export function usesRealModel(): boolean {
  return Boolean(process.env.ANTHROPIC_API_KEY);
}

/** The broker, as a program of its own: it outlives web and workers. */
export async function startBroker(state: RunState, folders: Folders): Promise<Child> {
  const secretFile = writeSecret(folders, "broker-secret", state.brokerSecret);
  const upstream = `http://127.0.0.1:${state.ports.product}`;
  return await startNode("broker", folders, /broker ready/, {
    program: "src/broker/main.ts",
    args: ["--dir", brokerDir(folders), "--upstream", upstream, "--secret-file", secretFile],
    env: registryVariables(process.env),
  });
}

/** Web and workers in one process, pointed at the stand-ins by the variables people know. */
export async function startProduct(
  { verify, environment }: RunWishes,
  state: RunState,
  stage: Stage,
  { folders, servers }: { readonly folders: Folders; readonly servers: Servers },
): Promise<Child> {
  const secret = (name: string, value: string) => writeSecret(folders, name, value);
  return await startNode("factory", folders, /factory ready: (\S+)/, {
    program: "src/dev.ts",
    args: [],
    env: {
      APP_ID: String(stage.appId),
      PRIVATE_KEY_FILE: secret("private-key.pem", stage.privateKey),
      WEBHOOK_SECRET_FILE: secret("webhook-secret", stage.webhookSecret),
      GHE_HOST: `127.0.0.1:${state.ports.gitHub}`,
      GHE_PROTOCOL: "http",
      PORT: String(state.ports.product),
      DATABASE_URL_FILE: secret("database-url", servers.databaseUrl),
      REDIS_URL_FILE: secret("redis-url", servers.redisUrl),
      ...modelVariables(state, secret),
      DATA_DIR: folders.product,
      RUNTIME_DIR: folders.runtime,
      BROKER_SOCKET: join(brokerDir(folders), "control.sock"),
      BROKER_SECRET_FILE: join(folders.data, "secrets", "broker-secret"),
      HOST_NAME: "demo",
      // A local GitHub needs no pacing, and one person watches one epic.
      GITHUB_WRITE_INTERVAL_MS: "0",
      STATUS_INTERVAL_MS: "1000",
      TICK_MS: "1000",
      ...passed(["LOG_LEVEL", "AGENT_IDLE_MS", "UNSAFE_NO_SANDBOX", "BUBBLEWRAP_PATH"]),
      ...(verify === null ? {} : { VERIFY_COMMAND: verify }),
      ...environment,
    },
  });
}

function modelVariables(
  state: RunState,
  secret: (name: string, value: string) => string,
): Readonly<Record<string, string>> {
  if (usesRealModel())
    return {
      ...passed(["ANTHROPIC_BASE_URL", "WORKER_MODEL", "SUPERVISOR_MODEL"]),
      ANTHROPIC_API_KEY_FILE: secret("anthropic-api-key", process.env.ANTHROPIC_API_KEY ?? ""),
    };
  return {
    ANTHROPIC_BASE_URL: `http://127.0.0.1:${state.ports.model}`,
    ANTHROPIC_API_KEY_FILE: secret("anthropic-api-key", state.modelKey),
  };
}

function brokerDir(folders: Folders): string {
  return join(folders.runtime, "b");
}

export function tmuxSocket(folders: Folders): string {
  return terminalsSocket(folders.runtime);
}

/** Secrets are files of this user alone: never arguments, never in a log. */
function writeSecret(folders: Folders, name: string, value: string): string {
  const dir = join(folders.data, "secrets");
  mkdirSync(dir, { recursive: true, mode: 0o700 });
  const file = join(dir, name);
  writeFileSync(file, value, { mode: 0o600 });
  chmodSync(file, 0o600);
  return file;
}

async function startNode(
  name: string,
  folders: Folders,
  ready: RegExp,
  what: {
    readonly program: string;
    readonly args: readonly string[];
    readonly env: Readonly<Record<string, string>>;
  },
): Promise<Child> {
  // What a service said before it ended is for whoever started it: a script's mistake, a taken port.
  return await startChild({
    name,
    program: process.execPath,
    args: [join(root, what.program), ...what.args],
    env: { PATH: process.env.PATH ?? "", HOME: process.env.HOME ?? "/", ...what.env },
    cwd: root,
    logFile: join(folders.logs, `${name.replaceAll(" ", "-")}.log`),
    ready,
    readyLimitMs,
    // Written down at once: a run that is killed while it waits leaves nobody unknown.
    onStart: (pid) => noteProcess(folders.data, `the ${name}`, pid),
  }).catch((error: unknown) => {
    throw new RunFailure(error instanceof Error ? error.message : String(error));
  });
}

function passed(names: readonly string[]): Readonly<Record<string, string>> {
  return Object.fromEntries(
    names.flatMap((name) => {
      const value = process.env[name];
      return value ? [[name, value]] : [];
    }),
  );
}
