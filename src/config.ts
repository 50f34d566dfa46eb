import { readFileSync } from "node:fs";
import { z } from "zod";
import { PortError } from "./lib/port-error.ts";
import { answers } from "./settings/answers.ts";
import { approvals } from "./settings/approvals.ts";
import { cells } from "./settings/cells.ts";
import { claudeCode } from "./settings/claude-code.ts";
import { connections } from "./settings/connections.ts";
import { dependencies } from "./settings/dependencies.ts";
import { lives } from "./settings/lives.ts";
import { models } from "./settings/models.ts";
import { profiles } from "./settings/profiles.ts";
import { questions } from "./settings/questions.ts";
import { runner } from "./settings/runner.ts";
import { sayMistake, shown } from "./settings/say-mistake.ts";
import { work } from "./settings/work.ts";

// The only reader of the environment. Every variable is in settings/, with its default, its bounds
// and a sentence for `.env.example`, which is written from these lists (a test holds both together).

/** All variables, in the order of `.env.example`. */
export const variables = {
  ...connections,
  ...profiles,
  ...models,
  ...approvals,
  ...questions,
  ...answers,
  ...work,
  ...lives,
  ...cells,
  ...dependencies,
  ...runner,
  ...claudeCode,
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
  const given: Record<string, string | undefined> = {};
  const problems: string[] = [];
  for (const name of Object.keys(variables)) {
    const read = readValue(name, environment);
    if ("problem" in read) problems.push(read.problem);
    else given[name] = read.value;
  }
  const parsed = schema.safeParse(given);
  if (parsed.success && problems.length === 0) return Object.freeze(parsed.data);
  const mistakes = parsed.success ? [] : parsed.error.issues.map((issue) => lineOf(issue, given));
  throw new ConfigError([...problems, ...mistakes].join("\n"));
}

function lineOf(
  issue: z.core.$ZodIssue,
  given: Readonly<Record<string, string | undefined>>,
): string {
  const name = String(issue.path[0]);
  return `${name}: ${sayMistake(schema.shape[nameIn(name)], issue, given[name])}`;
}

function nameIn(name: string): keyof Config {
  // The schema's issues name the schema's own keys.
  return name as keyof Config;
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

/** The environment as it would be if these variables, and the files that hold them, were not set. */
export function environmentWithout(
  names: readonly string[],
  environment: NodeJS.ProcessEnv = process.env,
): NodeJS.ProcessEnv {
  const left = Object.entries(environment).filter(
    ([name]) => !names.includes(name.replace(/_FILE$/, "")),
  );
  return Object.fromEntries(left);
}

/** The folders that programs are looked for in, as PATH has them. */
export function programFolders(environment: NodeJS.ProcessEnv = process.env): string {
  return environment["PATH"] ?? "";
}

/** Ends a program for what a person can mend with lines to act on; a bug keeps its stack. */
export function exitWithLines(error: unknown): never {
  const isPlain = error instanceof ConfigError || error instanceof PortError;
  if (!isPlain) throw error;
  process.stderr.write(`${error.message}\n`);
  process.exit(1);
}

type Read = { readonly value: string | undefined } | { readonly problem: string };

function readValue(name: string, environment: NodeJS.ProcessEnv): Read {
  const file = environment[`${name}_FILE`];
  const read = file ? readSecretFile(name, file) : { value: environment[name] };
  // An empty variable is what `NAME=` in a file means: not set.
  return "problem" in read || read.value?.trim() !== "" ? read : { value: undefined };
}

function readSecretFile(name: string, file: string): Read {
  try {
    return { value: readFileSync(file, "utf8") };
  } catch (error) {
    const reason = error instanceof Error && "code" in error ? String(error.code) : "unknown";
    return {
      problem: `${name}_FILE: cannot read the file it names, ${shown(file)} (${reason})`,
    };
  }
}
