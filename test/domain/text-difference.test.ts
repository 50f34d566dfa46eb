import fc from "fast-check";
import { expect, test } from "vitest";
import { textDifference } from "../../src/domain/text-difference.ts";

test("a difference names the lines that went and came, in order (L6)", () => {
  expect(textDifference("a\nb\nc\nd", "a\nc\nx\nd")).toBe("- b\n+ x");
  expect(textDifference("", "a\nb")).toBe("+ a\n+ b");
  expect(textDifference("a", "")).toBe("- a");
  expect(textDifference("a\r\nb", "a\nb")).toBe("");
});

test("lines that came and stayed make the new text, lines that went and stayed the old (L6)", () => {
  const text = fc.array(fc.constantFrom("a", "b", "c", "d"), { maxLength: 12 });

  fc.assert(
    fc.property(text, text, (old, now) => {
      const lines = textDifference(old.join("\n"), now.join("\n")).split("\n").filter(Boolean);
      const counts = (of: readonly string[], line: string) =>
        of.filter((one) => one === line).length;
      for (const line of ["a", "b", "c", "d"]) {
        const went = counts(lines, `- ${line}`);
        const came = counts(lines, `+ ${line}`);
        expect(counts(now, line)).toBe(counts(old, line) - went + came);
      }
    }),
  );
});

test("two long texts without a line in common are compared in no time (L6)", () => {
  const lines = (word: string) => Array.from({ length: 10_000 }, (_, i) => `${word} ${i}`);
  const before = performance.now();

  expect(textDifference(lines("old").join("\n"), lines("new").join("\n")).length).toBeGreaterThan(
    0,
  );
  expect(performance.now() - before).toBeLessThan(1_000);
});
