import type { Nodes, Root } from "mdast";
import { fromMarkdown } from "mdast-util-from-markdown";
import { gfmFromMarkdown, gfmToMarkdown } from "mdast-util-gfm";
import { toMarkdown, type Unsafe } from "mdast-util-to-markdown";
import { gfm } from "micromark-extension-gfm";

// The parser's time grows with the square of these; a guard is cheaper than a stuck process.
const maxContainersPerLine = 30;
const maxDelimitersPerBlock = 3_000;
const maxFootnoteMarks = 1_000;
const maxDepth = 60;

const manyContainers = new RegExp(
  `^(?:[ \\t]*(?:>|[-+*][ \\t]|\\d{1,9}[.)][ \\t])){${maxContainersPerLine},}`,
  "m",
);

// Text that could keep the parser busy for seconds; no honest comment is like that.
function isKnotty(markdown: string): boolean {
  if (manyContainers.test(markdown)) return true;
  if (markdown.split("[^").length > maxFootnoteMarks) return true;
  return markdown
    .split(/\n[ \t>]*\n/)
    .some((block) => (block.match(/\*+|_+|~+|\[|<!--/g)?.length ?? 0) > maxDelimitersPerBlock);
}

/** GitHub's Markdown as a tree; null for what would take seconds, or nests deeper than readers follow. */
export function parseMarkdown(markdown: string): Root | null {
  if (isKnotty(markdown)) return null;
  const root = fromMarkdown(markdown, {
    extensions: [gfm()],
    mdastExtensions: [gfmFromMarkdown()],
  });
  return isDeeperThan(root, maxDepth) ? null : root;
}

function isDeeperThan(root: Nodes, limit: number): boolean {
  let level: readonly Nodes[] = [root];
  for (let depth = 0; level.length > 0; depth += 1) {
    if (depth > limit) return true;
    level = level.flatMap((node) => ("children" in node ? node.children : []));
  }
  return false;
}

/** A tree as Markdown. `escaped` names characters to escape in running text beside the usual ones. */
export function printMarkdown(root: Root, escaped: readonly string[] = []): string {
  const unsafe: Unsafe[] = escaped.map((character) => ({ character, inConstruct: "phrasing" }));
  return toMarkdown(root, {
    bullet: "-",
    rule: "-",
    fences: true,
    unsafe,
    // Without alignment: padding would multiply a table's size by its widest cell.
    extensions: [gfmToMarkdown({ tablePipeAlign: false })],
  }).trimEnd();
}

/** The code in a text that is nothing but one fenced block without a language; null for others. */
export function codeInFence(markdown: string): string | null {
  const [first, ...lines] = markdown.split("\n");
  const last = lines.pop();
  if (first === undefined || !/^`{3,}$/.test(first) || last !== first) return null;
  const code = lines.join("\n");
  return fencedCode(code) === markdown ? code : null;
}

/** A block of code whose fence the text cannot close. */
export function fencedCode(text: string, language = ""): string {
  const longest = Math.max(2, ...(text.match(/`+/g) ?? []).map((run) => run.length));
  const fence = "`".repeat(longest + 1);
  return `${fence}${language}\n${text}\n${fence}`;
}
