import type { Config } from "../config.ts";
import { notAmong } from "../settings/say-mistake.ts";
import { tools } from "../tools/index.ts";
import { error, type Fault } from "./fault.ts";

/** A name with a slip in it would deny nothing. */
export function checkTools({ DENIED_TOOLS: denied }: Config): readonly Fault[] {
  const names = tools.map(({ name }) => name);
  return denied
    .filter((name) => !names.includes(name))
    .map((name) => error("DENIED_TOOLS", notAmong(name, names)));
}
