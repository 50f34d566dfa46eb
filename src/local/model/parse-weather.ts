import { parse } from "yaml";
import { z } from "zod";
import { faultSchema } from "./fault-schema.ts";
import { ScriptError } from "./parse-script.ts";
import { limitsSchema, type Script } from "./script-schema.ts";

const weatherSchema = z.strictObject({
  limits: limitsSchema.default({}),
  faults: z.array(faultSchema).default([]),
});

/** Limits and faults of the provider, apart from what a script says. */
export type Weather = z.infer<typeof weatherSchema>;

/**
 * Reads a file of `limits` and `faults`, as scripts have them.
 *
 * @param file the name that error messages give it
 * @throws {ScriptError} with every mistake, one line each
 */
export function parseWeather(yaml: string, file: string): Weather {
  const read = weatherSchema.safeParse(asValue(yaml, file));
  if (read.success) return read.data;
  const lines = read.error.issues.map(
    ({ path, message }) => `${file}: ${path.map(String).join(".")}: ${message}`,
  );
  throw new ScriptError(lines.join("\n"));
}

function asValue(yaml: string, file: string): unknown {
  try {
    return parse(yaml);
  } catch (error) {
    throw new ScriptError(`${file}: ${error instanceof Error ? error.message : String(error)}`);
  }
}

/** A script in this weather: its limits win, its faults come after the script's own. */
export function inWeather(script: Script, { limits, faults }: Weather): Script {
  return {
    ...script,
    limits: { ...script.limits, ...limits },
    faults: [...script.faults, ...faults],
  };
}
