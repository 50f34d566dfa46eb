import fc from "fast-check";
import { expect, test } from "vitest";
import { parseCommands } from "../../src/commands/parse.ts";

test("commands stand at the start of lines, several in a comment, with the rest as argument (H6)", () => {
  const comment =
    "/ff pause  until Monday \n\nThanks!\n/FF Deny split `task 2` for @ada\r\n  /ff\n";

  expect(parseCommands(comment)).toEqual([
    { name: "pause", argument: "until Monday", line: 1 },
    { name: "deny", argument: "split `task 2` for @ada", line: 4 },
    { name: "help", argument: "", line: 5 },
  ]);
});

test.each([
  ["a word inside a line", "please /ff pause"],
  ["a longer word", "/ffs pause"],
  ["a path", "/ff/pause"],
  ["a quote", "> /ff pause"],
  ["a lazy line of a quote", "> quoted\n/ff pause"],
  ["a fenced block", "```\n/ff pause\n```"],
  ["a fence that never ends", "```\n/ff pause"],
  ["an indented block", "    /ff pause"],
  ["a code span", "`/ff pause`"],
  ["a code span over lines", "`code\n/ff pause\n`"],
  ["a list", "- /ff pause"],
  ["a list's second line", "- item\n/ff pause"],
  ["a numbered list", "1. /ff pause"],
  ["a heading", "# /ff pause"],
  ["an underlined heading", "/ff pause\n====="],
  ["a table", "| a |\n| - |\n| b |\n/ff pause"],
  ["emphasis", "**/ff pause**"],
  ["emphasis over lines", "**bold\n/ff pause**"],
  ["a link", "[/ff pause](https://a.example)"],
  ["a link over lines", "[text\n/ff pause](https://a.example)"],
  ["an HTML comment", "<!--\n/ff pause\n-->"],
  ["an HTML comment in a line", "text <!--\n/ff pause\n--> text"],
  ["an HTML comment with blank lines", "<!-- a\n\n/ff pause\n\n-->"],
  ["an HTML block", "<div>\n/ff pause\n</div>"],
  ["an attribute over lines", 'text <a title="\n/ff pause\n">x</a>'],
  ["a footnote", "x[^1]\n\n[^1]: /ff pause"],
  ["a link's definition", "[a]: https://a.example '\n/ff pause'"],
  ["a fullwidth slash", "／ff pause"],
  ["fullwidth letters", "/ｆｆ pause"],
  ["a ligature", "/ﬀ pause"],
  ["a zero-width space", "/f\u200bf pause"],
  ["a zero-width start", "\u200b/ff pause"],
  ["a character reference", "&#47;ff pause"],
  ["an escaped slash", "\\/ff pause"],
  ["a no-break space", "/ff\u00a0pause"],
  ["a line separator", "text\u2028/ff pause"],
])("%s holds no command (H6)", (_, comment) => {
  expect(parseCommands(comment)).toEqual([]);
});

test("a comment made to keep the parser busy holds no command, and is judged at once", () => {
  for (const knot of ["*_".repeat(30_000), ">".repeat(60_000), "a".repeat(70_000)]) {
    expect(parseCommands(`/ff pause\n\n${knot}`)).toEqual([]);
  }
});

test("any line of plain words between blank lines is a command when it starts as one (H6)", () => {
  const word = fc.stringMatching(/^[a-z]{1,12}$/);

  fc.assert(
    fc.property(word, fc.array(word, { maxLength: 5 }), (name, words) => {
      const [command] = parseCommands(`Hello.\n\n/ff ${name} ${words.join(" ")}\n\nBye.`);

      expect(command).toEqual({ name, argument: words.join(" "), line: 3 });
    }),
    { numRuns: 100, seed: 2026 },
  );
});
