import { existsSync } from "node:fs";
import { resolve } from "node:path";
import { parseArgs } from "node:util";

export const usage = `Usage: npm run demo -- [options]

Sets up what is missing, then labels an issue and watches it become merged pull requests: GitHub and
(without ANTHROPIC_API_KEY) the model are local stand-ins, everything else is real.

  --json         one JSON object on the last line: states, numbers, commits, requests, violations
  --stay         keeps everything running at the end, until Ctrl-C
  --resume       goes on with a run that was killed, on the same data folder
  --repo PATH    starts from this local git repository instead of the small shop
  --epic FILE    the epic: Markdown, its first line is the title
  --script FILE  what the scripted model says (docs/SCRIPTED_MODEL.md)
  --chaos-model  the scripted model allows 30 calls a minute, and is overloaded, slow and cut off
  --harness NAME what agents live in: runner (ours, the default), or claude-code, which is installed
                 from npm first; exit code 3 where it cannot be
  --verify CMD   what verifies a tree; found in package.json without it
  --data DIR     where everything is kept: a new or empty folder, or an earlier run's, which is
                 emptied first, except with --resume
  --limit SEC    gives up after so many seconds (default 600)
  --help         this text

Exit code 0 when all landed as it should, 1 when it did not, 2 when the command line is wrong.`;

export type DemoOptions = {
  readonly json: boolean;
  readonly stay: boolean;
  readonly resume: boolean;
  readonly repo: string | null;
  readonly epic: string;
  readonly script: string;
  /** A file of limits and faults of the scripted model; null for good weather. */
  readonly weather: string | null;
  readonly harness: "runner" | "claude-code";
  readonly verify: string | null;
  readonly data: string | null;
  readonly limitMs: number;
  /** Variables of the product that the options above stand for. */
  readonly environment: Readonly<Record<string, string>>;
};

/** A mistake of the person who types; shown as it is, without a stack. */
export class UsageError extends Error {
  override readonly name = "UsageError";
}

const here = import.meta.dirname;

/** @returns null when help was asked for */
export function readOptions(args: readonly string[]): DemoOptions | null {
  const values = parse(args);
  if (values.help) return null;
  const seconds = Number(values.limit ?? "600");
  if (!(seconds >= 1 && seconds <= 86_400))
    throw new UsageError(`--limit ${values.limit}: must be a number of seconds from 1 to 86400`);
  const custom = values.repo !== undefined || values.epic !== undefined;
  if (custom && values.script === undefined && !process.env.ANTHROPIC_API_KEY)
    throw new UsageError(
      "--repo and --epic need --script FILE too: without it nobody says what the model does",
    );
  if (values["chaos-model"] && process.env.ANTHROPIC_API_KEY)
    throw new UsageError("--chaos-model needs the scripted model: unset ANTHROPIC_API_KEY");
  return {
    json: values.json ?? false,
    stay: values.stay ?? false,
    resume: values.resume ?? false,
    repo: values.repo === undefined ? null : existing("--repo", values.repo),
    epic: existing("--epic", values.epic ?? `${here}/epic.md`),
    script: existing("--script", values.script ?? `${here}/script.yml`),
    weather: values["chaos-model"] ? `${here}/chaos.yml` : null,
    harness: harnessOf(values.harness ?? "runner"),
    verify: values.verify ?? null,
    data: values.data === undefined ? null : named("--data", values.data),
    limitMs: seconds * 1_000,
    environment: {},
  };
}

function parse(args: readonly string[]) {
  try {
    return parseArgs({
      args: [...args],
      options: {
        json: { type: "boolean" },
        stay: { type: "boolean" },
        resume: { type: "boolean" },
        repo: { type: "string" },
        epic: { type: "string" },
        script: { type: "string" },
        "chaos-model": { type: "boolean" },
        harness: { type: "string" },
        verify: { type: "string" },
        data: { type: "string" },
        limit: { type: "string" },
        help: { type: "boolean" },
      },
    }).values;
  } catch (error) {
    throw new UsageError(`${error instanceof Error ? error.message : String(error)}; see --help`);
  }
}

function harnessOf(name: string): DemoOptions["harness"] {
  if (name === "runner" || name === "claude-code") return name;
  throw new UsageError(`--harness ${name}: must be runner or claude-code`);
}

/** An empty word is what an unset variable leaves: it must not mean the folder one is in. */
function named(option: string, path: string): string {
  if (path.trim() === "")
    throw new UsageError(`${option}: needs a folder's name, not an empty one`);
  return resolve(path);
}

function existing(option: string, path: string): string {
  const absolute = named(option, path);
  if (!existsSync(absolute)) throw new UsageError(`${option} ${path}: there is no such file`);
  return absolute;
}
