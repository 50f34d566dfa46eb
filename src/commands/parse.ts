// Commands are found in the structure of the Markdown, not in its letters: only a line of a
// paragraph at the top level speaks; code, quotes, lists, headings, tables and HTML never do.
import type { Paragraph } from "mdast";
import { parseMarkdown } from "../text/markdown.ts";

export type WrittenCommand = {
  /** The word after `/ff`, in lower case, as it was written; `help` when nothing follows. */
  readonly name: string;
  /** The rest of the line, trimmed; empty when nothing follows. */
  readonly argument: string;
  /** Line of the comment, from 1. */
  readonly line: number;
};

/** GitHub's limit of a comment. */
const maxCommentLength = 65_536;
const command = /^[ \t]{0,3}(\/ff)(?:[ \t]+(\S+)(?:[ \t]+(.*))?)?[ \t]*$/i;

/** The commands of a comment in order of lines. What only resembles one is none. */
export function parseCommands(commentBody: string): readonly WrittenCommand[] {
  // Most comments hold no command, and parsing is the dear part.
  if (!/^[ \t]*\/ff/im.test(commentBody)) return [];
  const root = commentBody.length > maxCommentLength ? null : parseMarkdown(commentBody);
  if (root === null) return [];
  return root.children.flatMap((child) =>
    child.type === "paragraph" ? commandsIn(child, commentBody) : [],
  );
}

function commandsIn(paragraph: Paragraph, source: string): readonly WrittenCommand[] {
  const start = paragraph.position?.start;
  const end = paragraph.position?.end.offset;
  if (start?.offset === undefined || end === undefined) return [];
  const found: WrittenCommand[] = [];
  let offset = start.offset;
  let line = start.line;
  for (const written of source.slice(start.offset, end).split(/(\r\n|\r|\n)/)) {
    const match = command.exec(written);
    if (match && isPlainText(paragraph, offset + written.indexOf("/"))) {
      const [, , name = "help", argument = ""] = match;
      found.push({ name: name.toLowerCase(), argument: argument.trim(), line });
    }
    if (/^[\r\n]/.test(written)) line += 1;
    offset += written.length;
  }
  return found;
}

/** A slash inside emphasis, a link, code or HTML that began on an earlier line starts nothing. */
function isPlainText(paragraph: Paragraph, offset: number): boolean {
  return paragraph.children.some(
    ({ type, position }) =>
      type === "text" &&
      (position?.start.offset ?? Number.POSITIVE_INFINITY) <= offset &&
      (position?.end.offset ?? 0) > offset,
  );
}
