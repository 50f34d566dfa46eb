// Words that GitHub or a bot acts on: mentions, commands at the start of a line, closing keywords.
// They become code, which nobody acts on, also where the text is read as plain text (commits).
import type { PhrasingContent, Text } from "mdast";

// Bounded, here and below: a text may be one word of sixty thousand letters.
const reference = String.raw`(?:(?:[\w.-]{1,100}\/)?[\w.-]{0,100}#\d|gh-\d|https?:\/\/\S{1,500}\/(?:issues|pull|pulls|discussions)\/\d)`;
const keyword = `(?:close[sd]?|fix(?:es|ed)?|resolve[sd]?)`;
// Also inside a longer word: markup that is not text may part it.
const closing = new RegExp(String.raw`(${keyword})(?=(?:\s*:)?\s*${reference})`, "gid");
const closingInCode = new RegExp(
  String.raw`(?<![a-z])(${keyword})(?:\s*:)?\s+(?=${reference})`,
  "gi",
);
const mention = /([\w.+/-]{0,64}@[A-Za-z0-9_](?:[\w./-]*\w)?)/dg;
const command = /(?:^|\n)[^\S\n]*(\/[A-Za-z][^\s\uFFFC]*)/dg;
// Formulas can hold links: GitHub renders them from running text.
const formula = /(\\[A-Za-z]+)/dg;
const dangerous = [closing, mention, command, formula];

const issueAddress = /^https?:\/\/[^\s/]+\/\S+\/(?:issues|pull|pulls|discussions)\/\d/i;
/** Stands for what is not text: nothing matches across it. */
const gap = "\uFFFC";
const anyIssue = "#0";

type Piece = { readonly from: number; readonly node: Text };
type Flat = { readonly text: string; readonly pieces: readonly Piece[] };
type Range = { readonly from: number; readonly to: number };

/** Code inside a line: a squash makes its source a commit message, where closing keywords act. */
export function defuseCode(text: string): string {
  return text.replace(closingInCode, "$1 - ");
}

/** Lines of code, where a bot that reads the source may take a slash for a command of its own. */
export function defuseCodeLines(text: string): string {
  return defuseCode(text).replace(/^\/(?=[A-Za-z])/gm, " /");
}

/** Parts of a plain text that somebody would act on, in order and apart from each other. */
export function dangerousRanges(text: string): readonly Range[] {
  const found = dangerous
    .flatMap((pattern) => [...text.matchAll(pattern)])
    .flatMap((match) => {
      const range = match.indices?.[1];
      return range === undefined ? [] : [{ from: range[0], to: range[1] }];
    })
    .sort((a, b) => a.from - b.from || b.to - a.to);
  const apart: Range[] = [];
  for (const range of found) {
    const last = apart.at(-1);
    if (last !== undefined && range.from < last.to) {
      apart[apart.length - 1] = { from: last.from, to: Math.max(last.to, range.to) };
    } else apart.push(range);
  }
  return apart;
}

/** The words of one paragraph, heading or cell, with the dangerous ones as code. */
export function defuseWords(children: readonly PhrasingContent[]): PhrasingContent[] {
  const merged = mergeTexts(children);
  const flat = flatten(merged, 0);
  const starts = new Map(flat.pieces.map((piece) => [piece.node, piece.from]));
  return partCodes(mergeTexts(wrap(merged, dangerousRanges(flat.text), starts)));
}

/** What a reader sees of running text; code and pictures as a gap. */
export function wordsOf(children: readonly PhrasingContent[]): string {
  return flatten(children, 0).text.replaceAll(`${anyIssue}${gap}`, "");
}

/** Neighbouring texts as one: what stood between them is gone, and halves must not pass alone. */
function mergeTexts(children: readonly PhrasingContent[]): PhrasingContent[] {
  const merged: PhrasingContent[] = [];
  for (const child of children) {
    const last = merged.at(-1);
    if (child.type === "text" && last?.type === "text") {
      merged[merged.length - 1] = { type: "text", value: last.value + child.value };
    } else merged.push(withChildren(child, mergeTexts));
  }
  return merged.filter((child) => child.type !== "text" || child.value !== "");
}

function flatten(children: readonly PhrasingContent[], from: number): Flat {
  let text = "";
  const pieces: Piece[] = [];
  for (const child of children) {
    if (child.type === "text") {
      pieces.push({ from: from + text.length, node: child });
      text += child.value;
    } else if (child.type === "break") text += "\n";
    else if ("children" in child) {
      // A link to an issue counts as naming it, whatever its words say.
      if (child.type === "link" && issueAddress.test(child.url)) text += `${anyIssue}${gap}`;
      const inner = flatten(child.children, from + text.length);
      text += inner.text;
      pieces.push(...inner.pieces);
    } else text += gap;
  }
  return { text, pieces };
}

function wrap(
  children: readonly PhrasingContent[],
  ranges: readonly Range[],
  starts: ReadonlyMap<Text, number>,
): PhrasingContent[] {
  return children.flatMap((child) =>
    child.type === "text"
      ? wrapText(child, ranges, starts.get(child) ?? 0)
      : [withChildren(child, (inner) => wrap(inner, ranges, starts))],
  );
}

function wrapText(node: Text, ranges: readonly Range[], start: number): PhrasingContent[] {
  const parts: PhrasingContent[] = [];
  let at = 0;
  for (const { from, to } of ranges) {
    const begin = Math.max(at, from - start);
    const end = Math.min(node.value.length, to - start);
    if (end <= begin) continue;
    parts.push({ type: "text", value: node.value.slice(at, begin) });
    parts.push({ type: "inlineCode", value: node.value.slice(begin, end) });
    at = end;
  }
  parts.push({ type: "text", value: node.value.slice(at) });
  return parts;
}

/** Code needs a space after other code, whose backticks it would join, and after a dollar sign, with which GitHub starts a formula. */
function partCodes(children: readonly PhrasingContent[]): PhrasingContent[] {
  return children.flatMap((child, index): PhrasingContent[] => {
    const isBeforeCode = children[index + 1]?.type === "inlineCode";
    const joins =
      child.type === "inlineCode" || (child.type === "text" && child.value.endsWith("$"));
    const parted = withChildren(child, partCodes);
    return isBeforeCode && joins ? mergeTexts([parted, { type: "text", value: " " }]) : [parted];
  });
}

function withChildren(
  node: PhrasingContent,
  change: (children: readonly PhrasingContent[]) => PhrasingContent[],
): PhrasingContent {
  // The cast is needed because the compiler does not follow that a node keeps its own type.
  return "children" in node
    ? ({ ...node, children: change(node.children) } as PhrasingContent)
    : node;
}
