import { parseArgs } from "node:util";

export const usage = `Usage: npm run bench -- agents [options]

Measures what the product costs, each figure against a floor of the same run and machine. Exit code 0
when every goal is met, 1 when one is missed, 2 for a mistake of yours.

  --quick        a shorter run of every figure, under two minutes
  --only ID,…    these figures alone, by their ids
  --json         one JSON object on the last line, with all samples and the machine
  --noisy        measures on a busy machine too; the figures are then marked NOISY
  --help         this text`;

export type BenchOptions = {
  readonly quick: boolean;
  readonly json: boolean;
  readonly noisy: boolean;
  /** null: all. */
  readonly only: readonly string[] | null;
};

/** A mistake of the person who types. */
export class UsageError extends Error {
  override readonly name = "UsageError";
}

/** @returns null when help was asked for */
export function readOptions(args: readonly string[]): BenchOptions | null {
  const { values, positionals } = parse(args);
  if (values.help) return null;
  if (positionals.join(" ") !== "agents")
    throw new UsageError(`${positionals.join(" ") || "nothing"}: no suite; there is: agents`);
  return {
    quick: values.quick ?? false,
    json: values.json ?? false,
    noisy: values.noisy ?? false,
    only: values.only === undefined ? null : values.only.split(","),
  };
}

function parse(args: readonly string[]) {
  try {
    return parseArgs({
      args: [...args],
      allowPositionals: true,
      options: {
        quick: { type: "boolean" },
        json: { type: "boolean" },
        noisy: { type: "boolean" },
        only: { type: "string" },
        help: { type: "boolean" },
      },
    });
  } catch (error) {
    throw new UsageError(`${error instanceof Error ? error.message : String(error)}; see --help`);
  }
}
