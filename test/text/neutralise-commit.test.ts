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
