import type { Nodes } from "mdast";
import { fromMarkdown } from "mdast-util-from-markdown";
import { gfmFromMarkdown } from "mdast-util-gfm";
import { gfm } from "micromark-extension-gfm";
import { parseCommands } from "../../../src/commands/parse.ts";
import type { Facts } from "./facts.ts";
import type { Hold, Judge } from "./judge.ts";
import { published, withoutMarker } from "./published.ts";

/** 8: whatever our App published is only words. */
export const harmlessWords: Judge = {
  invariant: 8,
  claim: "Nothing our App published acts: no command, mention, closing keyword, picture or HTML",
  judge: async (facts, hold) => {
    for (const { kind, id, number, titles, bodies } of published(facts)) {
      const where = { kind, id, number };
      // GitHub shows titles as they are, but for code: what looks like HTML there is none.
      for (const title of titles) judgeBody(title.replaceAll("<", "‹"), where, facts, hold);
      for (const body of bodies) judgeBody(withoutMarker(body), where, facts, hold);
    }
    for (const epic of facts.epics) {
      if (epic.row.base_sha === null || epic.tip === null) continue;
      for (const { sha, message } of await epic.bare.commitsBetween(epic.row.base_sha, epic.tip)) {
        const found = closing.exec(message)?.[0];
        // GitHub obeys them once the commit is on the default branch.
        hold(found === undefined, "a commit message closes an issue", { commit: sha, found });
      }
    }
  },
};

const closing =
  /\b(?:close[sd]?|fix(?:e[sd])?|resolve[sd]?)\s*:?\s+(?:[\w.-]+\/[\w.-]+)?(?:#\d|gh-\d|https?:\/\/\S+\/(?:issues|pull)\/\d)/i;
const mention = /(?:^|[^\w`./-])@([a-z\d](?:[a-z\d/-]*[a-z\d])?)/gi;
/** The product's own folding of long output. */
const ownHtml = /^(?:<details><summary>[\w ]+<\/summary>|<\/details>)$/;

function judgeBody(body: string, where: object, facts: Facts, hold: Hold): void {
  const commands = parseCommands(body);
  hold(commands.length === 0, "our App published a command", { ...where, commands });
  const found: Found = { words: [], pictures: 0, html: [] };
  const root = fromMarkdown(body, { extensions: [gfm()], mdastExtensions: [gfmFromMarkdown()] });
  collect(root, found);
  const text = found.words.join("");
  const allowed = facts.world.settings.allowedMentions.map((login) => login.toLowerCase());
  const mentioned = [...text.matchAll(mention)]
    .map(([, login = ""]) => login)
    .filter((login) => !allowed.includes(login.toLowerCase()));
  hold(mentioned.length === 0, "our App mentioned somebody", { ...where, mentioned });
  const closes = closing.exec(text)?.[0];
  hold(closes === undefined, "our App wrote a closing keyword", { ...where, closes });
  hold(found.pictures === 0, "our App published a picture", where);
  hold(found.html.length === 0, "our App published HTML", { ...where, html: found.html });
}

type Found = { readonly words: string[]; pictures: number; readonly html: string[] };

/** Stands for what is not running text: nothing reads across it. */
const gap = "\n\uFFFC\n";

function collect(node: Nodes, found: Found): void {
  switch (node.type) {
    case "text":
      found.words.push(node.value);
      return;
    case "image":
    case "imageReference":
      found.pictures += 1;
      return;
    case "html":
      if (!ownHtml.test(node.value.trim())) found.html.push(node.value);
      return;
    case "code":
    case "inlineCode":
      found.words.push("\uFFFC");
      return;
    case "break":
      found.words.push("\n");
      return;
    default:
      if ("children" in node) for (const child of node.children) collect(child, found);
      if (isBlock(node)) found.words.push(gap);
  }
}

function isBlock({ type }: Nodes): boolean {
  return ["paragraph", "heading", "listItem", "tableCell", "blockquote"].includes(type);
}
