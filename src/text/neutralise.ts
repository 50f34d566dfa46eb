// The only way for words of agents and people into what the product publishes.
import { defuseStructure } from "./defuse-structure.ts";
import { defuseCodeLines } from "./defuse-words.ts";
import { stripInvisible } from "./invisible.ts";
import { codeInFence, fencedCode, parseMarkdown, printMarkdown } from "./markdown.ts";

/** GitHub takes 65,536 characters; the rest is for what the product adds. */
export const defaultMaxLength = 60_000;

const maxPasses = 5;
const maxCuts = 8;

/**
 * Markdown in which nothing acts: no command, mention, closing keyword, picture, HTML, box or hidden
 * character; links go to the web and show their host. What is cut says so. Applying it twice changes
 * nothing more.
 */
export function neutralise(
  markdown: string,
  { maxLength = defaultMaxLength }: { readonly maxLength?: number } = {},
): string {
  const note = cutNote(maxLength);
  const seen = stripInvisible(markdown).trimEnd();
  if (seen.length <= maxLength * 1.2) {
    const whole = settle(seen, note);
    if (whole.length <= maxLength) return whole;
  }
  let budget = maxLength - note.length - 2;
  for (let cut = 0; cut < maxCuts; cut += 1) {
    const part = settle(cutAt(seen, budget), note);
    const shortened = part === "" ? note : `${part}\n\n${note}`;
    if (shortened.length <= maxLength && pass(shortened, note) === shortened) return shortened;
    budget = Math.floor(budget * Math.min(0.8, (0.95 * maxLength) / shortened.length));
  }
  return note;
}

/** What the text becomes when applying the rules changes nothing more. */
function settle(markdown: string, note: string): string {
  let current = markdown;
  for (let count = 0; count < maxPasses; count += 1) {
    const next = pass(current, note);
    if (next === current) return current;
    if (next === null) break;
    current = next;
  }
  // What does not settle is not understood: it is shown as it is, as code.
  return fencedCode(defuseCodeLines(markdown));
}

/** One application of the rules; null where the text is too knotty to parse. */
function pass(markdown: string, note: string): string | null {
  const ending = markdown.endsWith(`\n\n${note}`) ? `\n\n${note}` : "";
  const code = codeInFence(markdown.slice(0, markdown.length - ending.length));
  // Nothing but code needs no parser, which may have been what refused it.
  if (code !== null) return fencedCode(defuseCodeLines(code)) + ending;
  const root = parseMarkdown(markdown);
  return root === null ? null : printMarkdown(defuseStructure(root));
}

/** At the end of a line, or of a word, where one is near. */
function cutAt(text: string, budget: number): string {
  if (text.length <= budget) return text;
  const head = text.slice(0, budget).toWellFormed();
  const end = [head.lastIndexOf("\n"), head.lastIndexOf(" ")].find((at) => at > budget / 2);
  return head.slice(0, end ?? head.length).trimEnd();
}

function cutNote(maxLength: number): string {
  return `*(Cut here: the text was longer than ${maxLength.toLocaleString("en")} characters.)*`;
}
