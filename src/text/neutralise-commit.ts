import { neutraliseTitle } from "./neutralise-inline.ts";

/** Longer messages hide more than they tell. */
const maxLines = 60;

/**
 * A commit message of an agent's words. GitHub acts on those too: a closing keyword would close an
 * issue when the commit reaches the base branch, a mention would call someone.
 */
export function neutraliseCommitMessage(text: string): string {
  return text.trim().split("\n").slice(0, maxLines).map(neutraliseTitle).join("\n").trim();
}
