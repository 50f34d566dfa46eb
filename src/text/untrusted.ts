// Text of issues, comments and repositories on its way to a model: data with an author, never orders.
import type { Nodes } from "mdast";
import { stripInvisible } from "./invisible.ts";
import { parseMarkdown } from "./markdown.ts";

/** How far a text's author is trusted: by permission at GitHub, as one of our agents, or not at all. */
export type Trust = "write" | "agent" | "product" | "none";

export type DataLabel = {
  /** What it is: `issue #12`, `mail 7`, `file src/a.ts`. */
  readonly source: string;
  readonly author: string;
  readonly trust: Trust;
  /** Markdown loses what GitHub hides from its readers; plain text (code, diffs, output) keeps all. */
  readonly format: "markdown" | "plain";
};

type Edit = { readonly from: number; readonly to: number; readonly text: string };

const maxPasses = 5;

/** Text between delimiters that it cannot close, without anything a human reader would not see. */
export function asData(text: string, { source, author, trust, format }: DataLabel): string {
  const seen = stripInvisible(text);
  const shown = format === "markdown" ? withoutHidden(seen) : seen;
  const label = `source="${attribute(source)}" author="${attribute(author)}" trust="${trust}"`;
  return `<data ${label}>\n${withoutDelimiters(shown).trim()}\n</data>`;
}

/** One line of somebody's words, for a heading or a list outside the delimiters. */
export function asLine(text: string, maxLength = 200): string {
  const line = withoutDelimiters(stripInvisible(text)).replace(/\s+/g, " ").trim();
  return line.length > maxLength ? `${line.slice(0, maxLength - 1).toWellFormed()}…` : line;
}

function withoutDelimiters(text: string): string {
  return text.replace(/<(?=\s*\/?\s*data\b)/gi, "‹");
}

function attribute(text: string): string {
  return asLine(text).replace(/["<>]/g, "'");
}

/** HTML comments, pictures and titles of links: a reader on GitHub never sees their words. */
function withoutHidden(markdown: string): string {
  let current = markdown;
  // What is taken out can leave a new comment behind.
  for (let pass = 0; pass < maxPasses; pass += 1) {
    const root = parseMarkdown(current);
    if (root === null) break;
    const edits = editsOf(root, current);
    if (edits.length === 0) return current;
    current = edited(current, edits);
  }
  return withoutComments(current);
}

function editsOf(node: Nodes, source: string): readonly Edit[] {
  const from = node.position?.start.offset ?? 0;
  const to = node.position?.end.offset ?? from;
  switch (node.type) {
    case "html": {
      const text = withoutComments(source.slice(from, to));
      return text === source.slice(from, to) ? [] : [{ from, to, text }];
    }
    case "image":
    case "imageReference":
      return [{ from, to, text: "(picture)" }];
    case "definition":
      return node.title ? [{ from, to, text: `[${node.label ?? ""}]: <${node.url}>` }] : [];
    case "link": {
      if (!node.title) break;
      const words = source.slice(
        node.children[0]?.position?.start.offset ?? to,
        node.children.at(-1)?.position?.end.offset ?? to,
      );
      return [{ from, to, text: `[${words}](<${node.url}>)` }];
    }
  }
  return "children" in node ? node.children.flatMap((child) => editsOf(child, source)) : [];
}

function edited(source: string, edits: readonly Edit[]): string {
  let text = "";
  let at = 0;
  for (const edit of edits) {
    text += source.slice(at, edit.from) + edit.text;
    at = edit.to;
  }
  return text + source.slice(at);
}

function withoutComments(html: string): string {
  return html.replace(/<!--[\s\S]*?(?:-->|$)/g, "");
}
