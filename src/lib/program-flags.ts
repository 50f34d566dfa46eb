import { type ParseArgsConfig, parseArgs } from "node:util";

/** What the exit codes of our programs mean, for the end of a usage text. */
export const exitCodes =
  "Exit code 0 when all went well, 1 when it did not, 2 when the command line is wrong.";

const usageExitCode = 2;

type Options = NonNullable<ParseArgsConfig["options"]>;

type Flags<Wanted extends Options> = ReturnType<
  typeof parseArgs<{ options: Wanted; args: string[]; strict: true }>
>["values"];

/**
 * The flags of a program's command line. `--help` prints the usage and ends the process with 0, a
 * mistake prints one line and ends it with 2: nothing has been started by then.
 *
 * @param usage the whole text of `--help`
 * @param options as `parseArgs` takes them; none: only `--help` is known
 */
export function programFlags<const Wanted extends Options>(
  { usage, options }: { readonly usage: string; readonly options?: Wanted },
  args: readonly string[] = process.argv.slice(2),
): Flags<Wanted> {
  if (args.includes("--help")) {
    process.stdout.write(`${usage}\n`);
    process.exit(0);
  }
  try {
    // Without options there is nothing to be typed by their absence.
    const wanted = (options ?? {}) as Wanted;
    return parseArgs({ args: [...args], options: wanted, strict: true }).values;
  } catch (error) {
    const reason = error instanceof Error ? error.message : String(error);
    // Node goes on with how to write a positional argument, which there is none of.
    process.stderr.write(`${reason.split(". ")[0]}; see --help\n`);
    process.exit(usageExitCode);
  }
}
