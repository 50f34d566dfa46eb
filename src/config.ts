import { readFileSync } from "node:fs";
import { hostname } from "node:os";
import { z } from "zod";
import { PortError } from "./lib/port-error.ts";
import { Secret } from "./lib/secret.ts";

// The only reader of the environment. Every variable is here, with its default, its bounds and a
// sentence for `.env.example`, which is written from this list (a test holds both together).

const text = z.string().trim().min(1);
const count = (value: number, max: number) =>
  z.coerce.number().int().min(1).max(max).default(value);
const dayMs = 86_400_000;
/** A pause, which may be none. */
const pauseMs = (value: number) => z.coerce.number().int().min(0).max(dayMs).default(value);
/** A limit or a beat: none at all would be a busy loop or a refusal of everything. */
const ms = (value: number) => z.coerce.number().int().min(50).max(dayMs).default(value);
const secret = text.transform((value) => new Secret(value));

/** Names as people know them from Probot, Anthropic's tools and every Node.js program. */
export const variables = {
  APP_ID: z.coerce.number().int().positive().optional().describe("The GitHub App's id"),
  PRIVATE_KEY: secret.optional().describe("The App's private key (PEM); \\n for line ends"),
  WEBHOOK_SECRET: secret.optional().describe("The App's webhook secret"),
  GHE_HOST: text.optional().describe("Host of a GitHub Enterprise Server; github.com without it"),
  GHE_PROTOCOL: z.enum(["http", "https"]).default("https").describe("Protocol of GHE_HOST"),
  HOST: text.default("127.0.0.1").describe("Address the web process listens on"),
  PORT: z.coerce.number().int().min(0).max(65_535).default(3000).describe("Port it listens on"),
  DATABASE_URL: secret.optional().describe("PostgreSQL; required by npm start"),
  REDIS_URL: secret.optional().describe("Redis; required by npm start"),
  REDIS_PREFIX: text.default("factory").describe("Prefix of the queues' keys"),
  ANTHROPIC_API_KEY: secret.optional().describe("Key of the model provider"),
  ANTHROPIC_AUTH_TOKEN: secret
    .optional()
    .describe("Bearer token of the provider, instead of a key"),
  ANTHROPIC_BASE_URL: z
    .url()
    .default("https://api.anthropic.com")
    .describe("The provider, or any compatible one"),
  LOG_LEVEL: z
    .enum(["fatal", "error", "warn", "info", "debug", "trace", "silent"])
    .default("info")
    .describe("Logs at and above this level"),
  DATA_DIR: text.optional().describe("Folder of mirrors, worktrees, cells and logs"),
  RUNTIME_DIR: text.optional().describe("Short folder for unix sockets"),
  HOST_NAME: text.default(hostname()).describe("Name of this worker host"),
  BROKER_SOCKET: text.optional().describe("Control socket of this host's broker"),
  BROKER_SECRET: secret.optional().describe("Shared by the broker and the web process"),
  WORKER_MODEL: text.default("sonnet").describe("Model of workers: an alias or a full id"),
  SUPERVISOR_MODEL: text.default("sonnet").describe("Model of supervisors"),
  PLAN: z
    .enum(["first", "ask", "auto"])
    .default("first")
    .describe("Which plans wait for a human: a repository's first, all, none"),
  EPIC_LABEL: text.default("epic").describe("The label that starts an epic"),
  VERIFY_COMMAND: text
    .optional()
    .describe("What verifies a tree; detected from the repository without it"),
  VERIFY_TIMEOUT_MS: ms(600_000).describe("Limit of one verify"),
  VERIFY_OUTPUT_BYTES: count(65_536, 10_000_000).describe("Output of a verify that is kept"),
  SIGN_OFF: z
    .enum(["true", "false"])
    .default("false")
    .transform((value) => value === "true")
    .describe("Whether commits carry a Signed-off-by line (Developer Certificate of Origin)"),
  MAX_WORKERS: count(10, 1_000).describe("Workers of one epic at work at once"),
  MAX_CRASHES: count(5, 100).describe("Crashes after which an agent has failed"),
  MAX_EFFECT_ATTEMPTS: count(20, 1_000).describe("Tries of one effect before people are told"),
  MAX_EFFECT_WAITS: count(120, 10_000).describe(
    "Looks at something an effect needs that is not there yet, before people are told",
  ),
  GITHUB_WRITE_INTERVAL_MS: pauseMs(1_000).describe("Least time between two writes to GitHub"),
  STATUS_INTERVAL_MS: pauseMs(5_000).describe("Least time between two edits of a status comment"),
  SETTLE_LIMIT_MS: pauseMs(60_000).describe(
    "How long GitHub may take to mark a pull request merged",
  ),
  TICK_MS: ms(5_000).describe("How often every queue looks for what a lost wake missed"),
  AGENT_IDLE_MS: ms(20_000).describe("Waiting for mail longer than this ends the process"),
  AGENT_MAX_TURNS: count(300, 100_000).describe("Model turns of one life"),
  MAX_MODEL_CALLS: count(2_000, 1_000_000).describe("Model calls of one life"),
  MAX_MODEL_CALLS_AT_ONCE: count(4, 100).describe("Model calls of one life under way at once"),
  MAX_TURNS: count(5_000, 1_000_000).describe("Turns of a conversation that one life may store"),
  MAX_TURN_BYTES: count(2_000_000, 32_000_000).describe("Largest turn that is stored"),
  MAX_VERIFY_CUTS: count(3, 100).describe(
    "Verifications of one landing that may be killed before a person is asked",
  ),
  TOOL_TIMEOUT_MS: ms(300_000).describe("Limit of one shell command of an agent"),
  TOOL_OUTPUT_BYTES: count(32_768, 1_000_000).describe("Output of a tool that the model sees"),
  MAX_PACK_BYTES: count(52_428_800, 2_000_000_000).describe("Largest hand-over of one commit"),
  MAX_DIFF_BYTES: count(200_000, 5_000_000).describe("Largest diff a reviewer is shown"),
  MAX_FILE_BYTES: count(200_000, 5_000_000).describe("Largest file a reviewer is shown"),
} as const;

const schema = z.object(variables);

export type Config = Readonly<z.infer<typeof schema>>;

/** Every mistake of the environment at once, one line each. */
export class ConfigError extends Error {
  override readonly name = "ConfigError";
}

/**
 * Reads and freezes the configuration. `NAME_FILE` names a file that holds NAME's value.
 *
 * @throws {ConfigError} with one line per variable that is wrong
 */
export function readConfig(environment: NodeJS.ProcessEnv = process.env): Config {
  const given = Object.fromEntries(
    Object.keys(variables).map((name) => [name, givenValue(name, environment)]),
  );
  const parsed = schema.safeParse(given);
  if (!parsed.success)
    throw new ConfigError(
      parsed.error.issues.map((issue) => `${issue.path.join(".")}: ${issue.message}`).join("\n"),
    );
  return Object.freeze(parsed.data);
}

/**
 * Checks that a program has what it cannot do without.
 *
 * @throws {ConfigError} with one line per variable that is missing
 */
export function requireVariables(config: Config, names: readonly (keyof Config)[]): void {
  const missing = names.filter((name) => config[name] === undefined);
  if (missing.length === 0) return;
  throw new ConfigError(
    missing
      .map((name) => `${name}: is needed here and not set; .env.example tells what it is`)
      .join("\n"),
  );
}

/** Ends a program for what a person can mend with lines to act on; a bug keeps its stack. */
export function exitWithLines(error: unknown): never {
  const isPlain = error instanceof ConfigError || error instanceof PortError;
  if (!isPlain) throw error;
  process.stderr.write(`${error.message}\n`);
  process.exit(1);
}

function givenValue(name: string, environment: NodeJS.ProcessEnv): string | undefined {
  const file = environment[`${name}_FILE`];
  const value = file ? readSecretFile(name, file) : environment[name];
  // An empty variable is what `NAME=` in a file means: not set.
  return value === undefined || value.trim() === "" ? undefined : value;
}

function readSecretFile(name: string, file: string): string {
  try {
    return readFileSync(file, "utf8");
  } catch {
    throw new ConfigError(`${name}_FILE: cannot read the file it names`);
  }
}
