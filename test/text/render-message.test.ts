import fc from "fast-check";
import { expect, test } from "vitest";
import { renderMessage } from "../../src/text/render-message.ts";
import { everyMessage } from "./every-message.ts";
import { nastyMarkdown } from "./nasty-markdown.ts";
import { whatActs } from "./what-acts.ts";

test("no words in any message act, hide or load anything (S2)", () => {
  // Folding is ours: the only HTML that leaves.
  const ours = /<details><summary>[\w ]+<\/summary>|<\/details>/g;

  fc.assert(
    fc.property(nastyMarkdown, (words) => {
      for (const message of everyMessage(words)) {
        const acting = whatActs(renderMessage(message).replace(ours, ""));
        expect(
          acting.filter((what) => message.kind !== "statusReply" || what !== "drawing"),
        ).toEqual([]);
      }
    }),
    { numRuns: 60, seed: 2026 },
  );
});

test("a message stays within what GitHub takes, however much an agent writes (S2)", () => {
  const words = "All work and no play. ".repeat(8_000);

  for (const message of everyMessage(words)) {
    expect(renderMessage(message).length).toBeLessThanOrEqual(60_000);
  }
});

test("output keeps its end, where programs say what went wrong", () => {
  const outputText = `${"noise\n".repeat(5_000)}AssertionError: 1 is not 2`;

  const said = renderMessage({ kind: "sentBack", cause: "verifyFailed", files: [], outputText });

  expect(said).toContain("AssertionError: 1 is not 2\n```");
  expect(said.length).toBeLessThan(9_000);
});
