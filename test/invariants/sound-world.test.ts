import { beforeAll, expect, test } from "vitest";
import { invariants, judgeWorld } from "../support/invariants.ts";
import { beforeBreaking, beforeBreakingLimitMs, openBrokenWorld } from "./broken-world.ts";

beforeAll(beforeBreaking, beforeBreakingLimitMs);

test("there is a judge for each of the thirteen invariants (T1)", () => {
  expect(invariants.map(({ invariant }) => invariant)).toEqual([
    1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13,
  ]);
});

test("a world in which an epic was planned, landed and merged breaks no invariant (T1)", async () => {
  const { world } = await openBrokenWorld();

  const { violations, checked } = await judgeWorld(world);

  expect(violations).toEqual([]);
  expect(checked).toBeGreaterThan(500);
});
