import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { neutralise } from "../../src/text/neutralise.ts";
import { nastyMarkdown } from "./nasty-markdown.ts";
import { whatActs } from "./what-acts.ts";

// The same texts in every run, so that the gate never depends on luck; FUZZ_SEED tries others.
const runs = { numRuns: 2_000, seed: Number(process.env["FUZZ_SEED"] ?? 2026) };

test("nothing acts in what is left of any text, however nasty (S2)", () => {
  fc.assert(
    fc.property(nastyMarkdown, (text) => {
      expect(whatActs(neutralise(text))).toEqual([]);
    }),
    runs,
  );
});

test("neutralising twice changes nothing more, also where the text is cut (S2)", () => {
  fc.assert(
    fc.property(nastyMarkdown, fc.constantFrom(60_000, 150, 90), (text, maxLength) => {
      const once = neutralise(text, { maxLength });

      expect(neutralise(once, { maxLength })).toBe(once);
      expect(once.length).toBeLessThanOrEqual(maxLength);
    }),
    runs,
  );
});

test("ordinary Markdown stays as it was written", () => {
  const text = [
    "Adds the *list* and **form**, see #12 and `src/form.ts`.",
    "",
    "- one",
    "- two",
    "  - inner",
    "",
    "1. first",
    "2. second",
    "",
    "> quoted",
    "",
    "```ts",
    "const at = '@ada';",
    "```",
    "",
    "| a | b |",
    "| - | - |",
    "| 1 | 2 |",
    "",
    "---",
  ].join("\n");

  expect(neutralise(text)).toBe(text);
});

describe("what acts", () => {
  test.each([
    ["thanks @ada", "thanks `@ada`"],
    ["@acme/team, look", "`@acme/team`, look"],
    ["&#64;ada", "`@ada`"],
    ["@<b>a</b>da", "`@ada`"],
    ["@\u200bada", "`@ada`"],
    ["write to ada@acme.example", "write to `ada@acme.example`"],
    ["/ff pause", "`/ff` pause"],
    ["words\n/lgtm", "words\n`/lgtm`"],
    ["&#47;ff pause", "`/ff` pause"],
    ["<b></b>/ff pause", "`/ff` pause"],
    ["Fixes #1", "`Fixes` #1"],
    ["closes: acme/shop#12", "`closes`: acme/shop#12"],
    ["resolved https://github.com/a/b/issues/3", "`resolved` <https://github.com/a/b/issues/3>"],
    ["fix GH-4", "`fix` GH-4"],
    ["fixes\nacme/shop#1", "`fixes`\nacme/shop#1"],
    ["fi**x**es #1", "`fi`**`x`**`es` #1"],
    [
      "closes [it](https://github.com/a/b/issues/3)",
      "`closes` [it (github.com)](https://github.com/a/b/issues/3)",
    ],
    ["`fixes #1`", "`fixes - #1`"],
    ["`code\n/ff pause`", "`code /ff pause`"],
    ["fix is in #1, see #2", "fix is in #1, see #2"],
    ["~~A~~fix GH-4", "~~A~~`fix` GH-4"],
    ["![pixel](https://evil.example/p.png)", "pixel"],
    ["a <!-- hidden --> b", "a  b"],
    ["<details>\n<summary>More</summary>\ntext\n</details>", "More\ntext"],
    ["<script>alert(1)</script>", ""],
    ["# Title", "**Title**"],
    ["- [ ] box\n- [x] done", "- ☐ box\n- ☑ done"],
    ["[docs](https://evil.example/x)", "[docs (evil.example)](https://evil.example/x)"],
    ["[github.com](https://evil.example/)", "[github.com (evil.example)](https://evil.example/)"],
    ["[docs][r]\n\n[r]: https://evil.example/x", "[docs (evil.example)](https://evil.example/x)"],
    ["[x](javascript:alert(1))", "x"],
    ["[x](/settings)", "x"],
    ["https://github.com@evil.example/", "`https://github.com@evil.example/`"],
    ["https://ok.example/@ada", "<https://ok.example/%40ada>"],
    ["note[^1]\n\n[^1]: more", "note\\[1]\n\n\\[1] more"],
    ["```mermaid\ngraph LR\n```", "```\ngraph LR\n```"],
    ["```\n/approve\n```", "```\n /approve\n```"],
    ["$\\href{x}{y}$", "$ `\\href`{x}{y}$"],
    ["www.evil.example@", "`www.evil.example@`"],
    ["tag\u{e0041}ged \u202eevil", "tagged evil"],
    ["\u001b[31mred\u001b[0m", "red"],
    ["-".repeat(80), "---"],
    ["", ""],
  ])("%j becomes code, text or nothing (S2)", (text, expected) => {
    expect(neutralise(text)).toBe(expected);
  });
});

test("a text over the limit ends at a word, with its code closed and a note (S2)", () => {
  const text = `\`\`\`\n${"abc def\n".repeat(40)}`;

  const cut = neutralise(text, { maxLength: 140 });

  expect(cut).toMatchInlineSnapshot(`
    "\`\`\`
    abc def
    abc def
    abc def
    abc def
    abc def
    abc def
    abc def
    \`\`\`

    *(Cut here: the text was longer than 140 characters.)*"
  `);
});

test("a text made to keep the parser busy is shown as code, soon (S2)", () => {
  const knots = [">".repeat(60_000), "*_".repeat(20_000), "[^a".repeat(9_000), "- ".repeat(9_000)];

  for (const knot of knots) {
    const shown = neutralise(knot);

    expect(shown.startsWith("```\n")).toBe(true);
    expect(neutralise(shown)).toBe(shown);
  }
});
