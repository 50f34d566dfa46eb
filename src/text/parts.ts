// The small parts of which every message is made. What is put in is made harmless here.

import { defuseCode, defuseCodeLines } from "./defuse-words.ts";
import { stripInvisible } from "./invisible.ts";
import { fencedCode } from "./markdown.ts";
import { defaultMaxLength, neutralise } from "./neutralise.ts";

/** Of one text inside a message that holds several. */
export const maxQuoteLength = 20_000;
const maxOutputLength = 8_000;
const maxCodeLength = 256;
const shortShaLength = 7;

/** Names, branches and paths: shown exactly, never acted on. */
export function code(text: string): string {
  const shown = defuseCode(stripInvisible(text))
    .replace(/\s+/g, " ")
    .replaceAll("`", "'")
    .replaceAll("|", "¦");
  const cut = shown.length > maxCodeLength ? `${shown.slice(0, maxCodeLength - 1)}…` : shown;
  return cut.trim() === "" ? "(none)" : `\`${cut.toWellFormed()}\``;
}

/** GitHub makes a link of it. */
export function numbered(issueOrPullRequest: number): string {
  return `#${issueOrPullRequest}`;
}

/** GitHub makes a link of a bare short object name. */
export function commit(sha: string): string {
  return /^[0-9a-f]{7,64}$/.test(sha) ? sha.slice(0, shortShaLength) : code(sha);
}

/** Somebody's words, set apart from ours; an empty string when there are none. */
export function quoted(text: string, maxLength: number = maxQuoteLength): string {
  const words = neutralise(text, { maxLength });
  return words
    .split("\n")
    .map((line) => (line === "" ? ">" : `> ${line}`))
    .join("\n")
    .replace(/^>$/, "");
}

/** The end of a program's output, folded under a title of ours; an empty string when there is none. */
export function folded(title: string, output: string): string {
  const seen = stripInvisible(output).trim();
  if (seen === "") return "";
  const isLong = seen.length > maxOutputLength;
  const shown = isLong ? `…${seen.slice(-maxOutputLength).toWellFormed()}` : seen;
  return `<details><summary>${title}</summary>\n\n${fencedCode(defuseCodeLines(shown))}\n\n</details>`;
}

/** "one", "one and two", "one, two and three". */
export function listed(items: readonly string[]): string {
  const last = items.at(-1) ?? "";
  return items.length < 2 ? last : `${items.slice(0, -1).join(", ")} and ${last}`;
}

/** Which attempt at a task it was, from the second on: the same words twice are two pieces of news. */
export function atAttempt(attempt = 1): string {
  return attempt > 1 ? `, at attempt ${attempt}` : "";
}

/** "1 task", "2 tasks". */
export function counted(count: number, noun: string): string {
  return `${count.toLocaleString("en")} ${noun}${count === 1 ? "" : "s"}`;
}

/** Blocks with blank lines between them; empty ones are left out, and what GitHub would not take. */
export function blocks(parts: readonly string[], maxLength: number = defaultMaxLength): string {
  const note = "*(The rest is left out: a comment on GitHub takes no more.)*";
  let body = "";
  for (const part of parts.filter((text) => text !== "")) {
    const longer = body === "" ? part : `${body}\n\n${part}`;
    if (longer.length > maxLength - note.length - 2) return `${body}\n\n${note}`.trim();
    body = longer;
  }
  return body;
}
