import { expect, test } from "vitest";
import { cellLevels, isAtLeast, weakestLevel } from "../../src/domain/cell-level.ts";

test("a host is good enough from the least level on (S5)", () => {
  const enough = cellLevels.map((level) => isAtLeast(level, "B"));

  expect(enough).toEqual([true, true, false, false]);
});

test("an epic shows the level of the agent that is locked in least (S5)", () => {
  expect(weakestLevel(["A", "C", "B"])).toBe("C");
  expect(weakestLevel(["A"])).toBe("A");
  expect(weakestLevel([])).toBeNull();
});
