// Rebuilds a parsed text from the few kinds of nodes that are only words: no HTML, no pictures, no
// boxes to tick, no headings, no links but to the web with their host shown.
import type {
  BlockContent,
  Definition,
  DefinitionContent,
  InlineCode,
  Link,
  ListItem,
  Nodes,
  PhrasingContent,
  Root,
  RootContent,
  Table,
} from "mdast";
import { defuseCode, defuseCodeLines, defuseWords, wordsOf } from "./defuse-words.ts";
import { stripInvisible } from "./invisible.ts";
import { looksLikeAddress, safeLink } from "./safe-link.ts";

type Block = BlockContent | DefinitionContent;
type Definitions = ReadonlyMap<string, Definition>;

/** GitHub draws these instead of showing them, or offers to apply them. */
const drawnLanguages = /^(?:mermaid|math|geojson|topojson|stl|suggestion)$/i;
const plainLanguage = /^[a-z0-9+#.-]{1,20}$/i;

/** The same text with nothing in it that acts, loads or hides. */
export function defuseStructure(root: Root): Root {
  const definitions = new Map<string, Definition>();
  collectDefinitions(root, definitions);
  return { type: "root", children: blocks(root.children, definitions) };
}

function collectDefinitions(node: Nodes, found: Map<string, Definition>): void {
  if (node.type === "definition" && !found.has(node.identifier)) found.set(node.identifier, node);
  if ("children" in node) for (const child of node.children) collectDefinitions(child, found);
}

function blocks(children: readonly RootContent[], definitions: Definitions): Block[] {
  return children.flatMap((child) => block(child, definitions));
}

function block(node: RootContent, definitions: Definitions): Block[] {
  switch (node.type) {
    case "paragraph":
      return paragraph(words(node.children, definitions));
    case "heading":
      return paragraph(bold(words(node.children, definitions)));
    case "blockquote":
      return [{ type: "blockquote", children: blocks(node.children, definitions) }];
    case "list":
      return [{ ...node, children: node.children.map((item) => listItem(item, definitions)) }];
    case "table":
      return [table(node, definitions)];
    case "code":
      return [
        {
          type: "code",
          value: defuseCodeLines(stripInvisible(node.value)),
          lang: languageOf(node.lang),
        },
      ];
    case "thematicBreak":
      return [{ type: "thematicBreak" }];
    case "html":
      return paragraph(defuseWords([{ type: "text", value: textOfHtml(node.value) }]));
    case "footnoteDefinition":
      return withMark(footnoteMark(node.identifier), blocks(node.children, definitions));
    default:
      return []; // definitions, front matter, and phrasing, which is inside the kinds above
  }
}

function paragraph(children: PhrasingContent[]): Block[] {
  return children.length === 0 ? [] : [{ type: "paragraph", children }];
}

function bold(children: readonly PhrasingContent[]): PhrasingContent[] {
  const plain = children.flatMap((child) => (child.type === "strong" ? child.children : [child]));
  return plain.length === 0 ? [] : [{ type: "strong", children: plain }];
}

function listItem(item: ListItem, definitions: Definitions): ListItem {
  const children = blocks(item.children, definitions);
  // A box in a comment of ours would be a command: agents' boxes are drawn as plain characters.
  const isBox = typeof item.checked === "boolean";
  return {
    type: "listItem",
    spread: item.spread ?? false,
    children: isBox ? withMark(item.checked ? "☑" : "☐", children) : children,
  };
}

/** Puts a mark before the first words, or alone where no words come first. */
function withMark(mark: string, children: readonly Block[]): Block[] {
  const [first, ...others] = children;
  if (first?.type !== "paragraph") {
    return [...paragraph(defuseWords([{ type: "text", value: mark }])), ...children];
  }
  return [
    ...paragraph(defuseWords([{ type: "text", value: `${mark} ` }, ...first.children])),
    ...others,
  ];
}

function table(node: Table, definitions: Definitions): Table {
  return {
    ...node,
    children: node.children.map((row) => ({
      type: "tableRow",
      children: row.children.map((cell) => ({
        type: "tableCell",
        children: words(cell.children, definitions),
      })),
    })),
  };
}

function words(children: readonly PhrasingContent[], definitions: Definitions): PhrasingContent[] {
  return defuseWords(children.flatMap((child) => phrasing(child, definitions)));
}

function phrasing(node: PhrasingContent, definitions: Definitions): PhrasingContent[] {
  const inside = (children: readonly PhrasingContent[]) =>
    children.flatMap((child) => phrasing(child, definitions));
  switch (node.type) {
    case "text":
      return [{ type: "text", value: stripInvisible(node.value) }];
    case "inlineCode":
      return [codeSpan(node.value)];
    case "break":
      return [{ type: "break" }];
    case "emphasis":
    case "strong":
    case "delete":
      return [{ type: node.type, children: inside(node.children) }];
    case "link":
      return link(node.url, inside(node.children));
    case "linkReference":
      return link(definitions.get(node.identifier)?.url ?? "", inside(node.children));
    case "image":
    case "imageReference":
      return [{ type: "text", value: stripInvisible(node.alt ?? "") }];
    case "footnoteReference":
      return [{ type: "text", value: footnoteMark(node.identifier) }];
    case "html":
      return /^<br\b/i.test(node.value) ? [{ type: "text", value: " " }] : [];
    default:
      return node satisfies never;
  }
}

function link(address: string, children: readonly PhrasingContent[]): PhrasingContent[] {
  const target = safeLink(address);
  const shown = wordsOf(children).trim();
  // An address in running text is a link wherever it stands: as code it is none.
  if (target === null) return looksLikeAddress(shown) ? [codeSpan(shown)] : [...children];
  const isItself = [shown, `http://${shown}`].some((text) => safeLink(text)?.url === target.url);
  const host = `(${target.host})`;
  const label: PhrasingContent[] = isItself
    ? [{ type: "text", value: target.url }]
    : shown.endsWith(host)
      ? [...children]
      : [...children, { type: "text", value: shown === "" ? host : ` ${host}` }];
  const made: Link = { type: "link", url: target.url, children: withoutLinks(label) };
  return [made];
}

/** A link inside a link is none in Markdown. */
function withoutLinks(children: readonly PhrasingContent[]): PhrasingContent[] {
  return children.flatMap((child) =>
    child.type === "link" ? withoutLinks(child.children) : [child],
  );
}

function footnoteMark(identifier: string): string {
  return `[${stripInvisible(identifier)}]`;
}

/** Code inside a line, in one line: its second would start with whatever stands there. */
export function codeSpan(text: string): InlineCode {
  return { type: "inlineCode", value: defuseCode(stripInvisible(text)).replace(/\s*\n\s*/g, " ") };
}

function languageOf(language: string | null | undefined): string | null {
  const given = language ?? "";
  return plainLanguage.test(given) && !drawnLanguages.test(given) ? given : null;
}

/** The words in a piece of HTML, without comments, scripts and tags. */
function textOfHtml(html: string): string {
  const withoutHidden = html
    .replace(/<!--[\s\S]*?(?:-->|$)/g, "")
    .replace(/<(script|style)\b[\s\S]*?(?:<\/\1\s*>|$)/gi, "");
  return stripInvisible(withoutHidden.replace(/<[!?/A-Za-z][^>]*(?:>|$)/g, " "))
    .replace(/[^\S\n]*\n\s*/g, "\n")
    .trim();
}
