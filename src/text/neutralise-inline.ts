import type { InlineCode, Nodes, PhrasingContent, Root } from "mdast";
import { codeSpan } from "./defuse-structure.ts";
import { dangerousRanges, defuseCode, defuseWords, wordsOf } from "./defuse-words.ts";
import { stripInvisible } from "./invisible.ts";
import { parseMarkdown, printMarkdown } from "./markdown.ts";
import { looksLikeAddress } from "./safe-link.ts";

/** GitHub's own limit of a title. */
const maxInlineLength = 256;

const maxPasses = 5;
// Keeps the line a paragraph while it is parsed: a title "1. Start" is no list.
const sentinel = "a ";

/**
 * One line of words for a sentence or a table cell: no links, no pictures, pipes escaped, at most
 * `maxLength` characters. Applying it twice changes nothing more.
 */
export function neutraliseInline(
  text: string,
  { maxLength = maxInlineLength }: { readonly maxLength?: number } = {},
): string {
  return firstThatFits(text, maxLength, settle);
}

/**
 * A title as GitHub takes it: not Markdown, but code spans are drawn and a squash makes it a commit
 * message, so that what acts becomes code.
 */
export function neutraliseTitle(text: string): string {
  return firstThatFits(text, maxInlineLength, titleOf);
}

/** Escaping lengthens a text, so what fits is found by trying. */
function firstThatFits(
  text: string,
  maxLength: number,
  render: (line: string) => string | null,
): string {
  const line = oneLine(text);
  let length = Math.min([...line].length, maxLength);
  while (length > 0) {
    const rendered = render(cutTo(line, length));
    if (rendered !== null && rendered.length <= maxLength) return rendered;
    length = Math.floor(length * 0.9);
  }
  return "";
}

function titleOf(line: string): string {
  const spans = line.split(/(`[^`]+`)/);
  return spans
    .map((part, index) => {
      if (index % 2 === 1) return defuseCode(part);
      const words = withoutLinks(part.replaceAll("`", "'"));
      const title = codeRanges(words, index === 0);
      return index < spans.length - 1 ? beforeCode(title) : title;
    })
    .join("");
}

/** A title is read as Markdown wherever it is quoted: a picture there would load. */
function withoutLinks(text: string): string {
  return text.replaceAll(/!+(?=\[[^[\]]*\]\()/g, "").replaceAll("](", "] (");
}

/** A backslash would take the code's first tick for a mere character. */
function beforeCode(text: string): string {
  return text.replace(/\\+$/, "");
}

function codeRanges(text: string, isStart: boolean): string {
  let title = "";
  let at = 0;
  // In the middle of a line no command can start.
  const lead = isStart ? "" : "\uFFFC";
  for (const range of dangerousRanges(lead + text)) {
    const from = range.from - lead.length;
    const to = range.to - lead.length;
    title += `${beforeCode(text.slice(at, from))}\`${text.slice(from, to)}\``;
    at = to;
  }
  return title + text.slice(at);
}

function settle(line: string): string | null {
  let current = line;
  for (let count = 0; count < maxPasses; count += 1) {
    const next = pass(current);
    if (next === null || next === current) return next;
    current = next;
  }
  return null;
}

function pass(line: string): string | null {
  const root = parseMarkdown(sentinel + line);
  if (root === null) return null;
  const words = phrasingOf(root);
  const first = words[0];
  if (first?.type === "text") words[0] = { ...first, value: first.value.slice(sentinel.length) };
  const paragraph: Root = {
    type: "root",
    children: [{ type: "paragraph", children: defuseWords(words) }],
  };
  return oneLine(printMarkdown(paragraph, ["|"]));
}

/** Words and code of a text, without what surrounds them. */
function phrasingOf(node: Nodes): PhrasingContent[] {
  if (node.type === "text") return [{ type: "text", value: stripInvisible(node.value) }];
  if (node.type === "inlineCode") return [pipeless(codeSpan(node.value))];
  if (node.type === "link") {
    const shown = wordsOf(node.children);
    if (looksLikeAddress(shown)) return [pipeless(codeSpan(shown))];
  }
  if (node.type === "image" || node.type === "imageReference") {
    return [{ type: "text", value: stripInvisible(node.alt ?? "") }];
  }
  return "children" in node ? node.children.flatMap(phrasingOf) : [];
}

/** A pipe in code would end a table's cell, and cannot be escaped outside of one. */
function pipeless(span: InlineCode): InlineCode {
  return { ...span, value: span.value.replaceAll("|", "¦") };
}

function oneLine(text: string): string {
  return stripInvisible(text).replace(/\s+/g, " ").trim();
}

function cutTo(line: string, length: number): string {
  const points = [...line];
  return points.length <= length
    ? line
    : `${points
        .slice(0, length - 1)
        .join("")
        .trimEnd()}…`;
}
