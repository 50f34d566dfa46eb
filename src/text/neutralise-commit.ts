import { neutraliseTitle } from "./neutralise-inline.ts";

/** Longer messages hide more than they tell. */
const maxLines = 60;

/** `[skip ci]`, `[ci skip]`, `[no ci]`, `[skip actions]` and their like of other services. */
const skipWord = /\[([^[\]]*\b(?:skip|no)\b[^[\]]*)\]/gi;
/** What git takes for a trailer: a word, white space at will, a colon. */
const trailer = /^[\p{L}\p{N}_-]+\s*:/u;
/** A subject begins like a trailer of right ("feat: …"), but not with one of these. */
const actingTrailer = /^(?:skip-checks|request-checks|[\w-]+-by|FactoryFactory[\w-]*)\s*:/i;

/**
 * A commit message of an agent's words. GitHub acts on those too: a closing keyword would close an
 * issue when the commit reaches the base branch, a mention would call someone, `[skip ci]` would
 * keep the checks from running. A line that reads as a trailer gets a bar in front: who wrote and
 * who signed is for the product to say.
 */
export function neutraliseCommitMessage(text: string): string {
  const lines = text.trim().split("\n").slice(0, maxLines).map(neutraliseTitle);
  return lines.map(withoutSwitches).map(withoutTrailer).join("\n").trim();
}

function withoutSwitches(line: string): string {
  return line.replaceAll(skipWord, "($1)");
}

function withoutTrailer(line: string, index: number): string {
  return (index === 0 ? actingTrailer : trailer).test(line) ? `| ${line}` : line;
}
