import fc from "fast-check";
import { fromMarkdown } from "mdast-util-from-markdown";
import { expect, test } from "vitest";
import { neutraliseInline, neutraliseTitle } from "../../src/text/neutralise-inline.ts";
import { nastyMarkdown } from "./nasty-markdown.ts";
import { whatActs } from "./what-acts.ts";

const runs = { numRuns: 1_000, seed: Number(process.env["FUZZ_SEED"] ?? 2026) };

test("words for a sentence or a cell stay one harmless line of 256 characters (S2)", () => {
  fc.assert(
    fc.property(nastyMarkdown, (text) => {
      const line = neutraliseInline(text);

      expect(whatActs(line)).toEqual([]);
      expect(whatActs(`| ${line} | b |\n| - | - |`)).toEqual([]);
      expect(line).not.toMatch(/\n|(?<!\\)\|/);
      expect(line.length).toBeLessThanOrEqual(256);
      expect(neutraliseInline(line)).toBe(line);
    }),
    runs,
  );
});

test("a title stays one line in which nothing acts, also as a commit's subject (S2)", () => {
  fc.assert(
    fc.property(nastyMarkdown, (text) => {
      const title = neutraliseTitle(text);

      expect(title).not.toMatch(/\n|^\/[a-z]/i);
      expect(title).not.toMatch(/(?:close[sd]?|fix(?:e[sd])?|resolve[sd]?):?\s+[\w./-]*#\d/i);
      expect(JSON.stringify(fromMarkdown(title))).not.toContain('"type":"image');
      expect(title.length).toBeLessThanOrEqual(256);
      expect(neutraliseTitle(title)).toBe(title);
    }),
    runs,
  );
});

test.each([
  ["1. fixes #3 for @ada", "1\\. `fixes` #3 for `@ada`", "1. `fixes` #3 for `@ada`"],
  ["Add `a|b` | c", "Add `a¦b` \\| c", "Add `a|b` | c"],
  ["/ff pause", "`/ff` pause", "`/ff` pause"],
  ["Use snake_case *here*", "Use snake_case here", "Use snake_case *here*"],
  ["two\nlines", "two lines", "two lines"],
  ["a stray ` tick", "a stray \\` tick", "a stray ' tick"],
  ["", "", ""],
])("%j is said harmlessly in a line and in a title (S2)", (text, line, title) => {
  expect(neutraliseInline(text)).toBe(line);
  expect(neutraliseTitle(text)).toBe(title);
});

test.each([
  ["Sell ![x](http://evil/x.png) things", "Sell [x] (http://evil/x.png) things"],
  ["[![x](http://e/x.png)](http://e) for @ada", "[[x] (http://e/x.png)] (http://e) for `@ada`"],
  ["![`a`](http://e/x.png)", "![`a`] (http://e/x.png)"],
  ["\\`![x](http://e/x.png)`", "`![x](http://e/x.png)`"],
  ["\\@ada", "`@ada`"],
  ["Call `![a](b)` in code", "Call `![a](b)` in code"],
  ["Allow #![allow(unused)]", "Allow #![allow(unused)]"],
])("a title's picture or link is words and its code stays code: %j (S2)", (text, title) => {
  expect(neutraliseTitle(text)).toBe(title);
  expect(neutraliseTitle(title)).toBe(title);
  expect(whatActs(title.replaceAll("<", "‹"))).toEqual([]);
});

test("a long title ends with an ellipsis", () => {
  expect(neutraliseInline("ä".repeat(400))).toBe(`${"ä".repeat(255)}…`);
  expect(neutraliseInline("_".repeat(400)).length).toBeLessThanOrEqual(256);
});
