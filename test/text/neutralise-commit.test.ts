import fc from "fast-check";
import { expect, test } from "vitest";
import { neutraliseCommitMessage } from "../../src/text/neutralise-commit.ts";

test("a commit message closes nothing and calls nobody, and keeps its lines (S2)", () => {
  const message = neutraliseCommitMessage("Add prices\n\nFixes #12, thanks @ana\n/ff approve\n");

  expect(message).toMatchInlineSnapshot(`
    "Add prices

    \`Fixes\` #12, thanks \`@ana\`
    \`/ff\` approve"
  `);
  expect(message.split("\n")).toHaveLength(4);
});

test("an endless commit message is cut (S2)", () => {
  expect(neutraliseCommitMessage("x\n".repeat(1_000)).split("\n")).toHaveLength(60);
});

test("a commit message switches no checks off and signs for nobody (S2, L9c)", () => {
  const message = neutraliseCommitMessage(
    "feat: prices [skip ci]\n\nNothing else.\n\n[CI Skip] [no ci] [skip actions]\nskip-checks: true\nCo-authored-by: Ana <a@example.org>\n  Signed-off-by : Eve <e@example.org>\nFactoryFactory-Epic: #1",
  );

  expect(message).toMatchInlineSnapshot(`
    "feat: prices (skip ci)

    Nothing else.

    (CI Skip) (no ci) (skip actions)
    | skip-checks: true
    | Co-authored-by: Ana <\`a@example.org\`>
    | Signed-off-by : Eve <\`e@example.org\`>
    | FactoryFactory-Epic: #1"
  `);
});

test("whatever an agent writes, git finds no trailer in it and nobody a word that skips checks (S2)", () => {
  const pieces = [
    ...["[skip ci]", "[ci skip]", "[no ci]", "[skip actions]", "[actions skip]", "[[skip ci]]"],
    ...["skip-checks: true", "skip-checks:true", "Co-authored-by: A <a@b.c>", "Signed-off-by:x"],
    ...["FactoryFactory-Life: w.1", "Acked-by : B", "[sk\u200bip ci]", "C\u200bo-authored-by: x"],
    ...["words", "a: b", "`[skip ci]`", "\n", "\n\n", " ", "\t", "\r\n", "(cherry", "#1", "-"],
  ];
  const anyMessage = fc.array(fc.constantFrom(...pieces), { maxLength: 12 });

  fc.assert(
    fc.property(anyMessage, (parts) => {
      const message = neutraliseCommitMessage(parts.join(""));

      expect(message).not.toMatch(
        /\[(?:skip ci|ci skip|no ci|skip actions|actions skip)\]|^skip-checks:|^[\w-]+-by\s*:|^FactoryFactory-/im,
      );
      const rest = message.split("\n").slice(1);
      expect(rest.filter((line) => /^[a-z0-9-]+\s*:/i.test(line))).toEqual([]);
    }),
    { numRuns: 500 },
  );
});
