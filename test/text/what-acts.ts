// Finds in a published text what must not be there, written apart from the code it judges.
import type { Nodes, Parent } from "mdast";
import { fromMarkdown } from "mdast-util-from-markdown";
import { gfmFromMarkdown } from "mdast-util-gfm";
import { gfm } from "micromark-extension-gfm";
import { parseCommands } from "../../src/commands/parse.ts";

const closing =
  /\b(?:close|closes|closed|fix|fixes|fixed|resolve|resolves|resolved):?\s+(?:[\w.-]+\/[\w.-]+)?(?:#\d|GH-\d|https?:\/\/\S+\/(?:issues|pull)\/\d)/i;
const slash = /^\s*\/[a-z]/im;
const mention = /(?:^|[^\w`/.+-])@[a-z0-9]/i;
const hidden = /[\u200b-\u200f\u202a-\u202e\u2060-\u2069\ufeff\u00ad\u{e0000}-\u{e007f}]/u;

/** Names of what acts in a Markdown text as GitHub and bots read it; empty for a harmless one. */
export function whatActs(markdown: string): readonly string[] {
  const root = fromMarkdown(markdown, {
    extensions: [gfm()],
    mdastExtensions: [gfmFromMarkdown()],
  });
  const found = new Set<string>();
  if (parseCommands(markdown).length > 0) found.add("command");
  if (closing.test(markdown)) found.add("closing keyword in the source");
  if (/^\/[a-z]/im.test(markdown)) found.add("slash at the start of a source line");
  if (hidden.test(markdown)) found.add("hidden character");
  inspect(root, found);
  return [...found];
}

function inspect(node: Nodes, found: Set<string>): void {
  const forbidden = ["html", "image", "imageReference", "definition", "footnoteDefinition"];
  if ([...forbidden, "footnoteReference", "linkReference", "heading"].includes(node.type))
    found.add(node.type);
  if (node.type === "listItem" && typeof node.checked === "boolean") found.add("box");
  if (node.type === "text" && mention.test(node.value)) found.add("mention");
  if (node.type === "code" && /^(mermaid|math)$/i.test(node.lang ?? "")) found.add("drawing");
  if (node.type === "link") inspectLink(node.url, wordsIn(node), found);
  if (node.type === "paragraph" || node.type === "tableCell") {
    const words = wordsIn(node);
    if (closing.test(words)) found.add("closing keyword");
    if (slash.test(words)) found.add("slash at the start of a line");
  }
  if ("children" in node) for (const child of node.children) inspect(child, found);
}

function inspectLink(url: string, words: string, found: Set<string>): void {
  if (!/^https?:\/\//.test(url)) {
    found.add("link that is not of the web");
    return;
  }
  if (!words.includes(new URL(url).host)) found.add("link that hides its host");
}

function wordsIn(node: Parent): string {
  return node.children
    .map((child) => {
      if (child.type === "text") return child.value;
      if (child.type === "break") return "\n";
      return "children" in child ? wordsIn(child) : "\u2592";
    })
    .join("");
}
