import { expect, test } from "vitest";
import { renderMessage } from "../../src/text/render-message.ts";

const paused = (reasonText: string) => renderMessage({ kind: "epicPaused", reasonText });

test("a pause says how to go on, once (H6, H7)", () => {
  expect(paused("A setup command fails.")).toContain("`/ff resume` goes on once that is mended.");
  const words = paused("This epic resembles #1. To start it: /ff resume. To drop it: /ff cancel.");

  expect(words.match(/\/ff resume/g)).toHaveLength(1);
});
