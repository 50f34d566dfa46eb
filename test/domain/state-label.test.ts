import { expect, test } from "vitest";
import { isStateLabel, stateLabel } from "../../src/domain/state-label.ts";

test("a state's label is its name in GitHub's manner", () => {
  expect(stateLabel("PENDING_REVIEW")).toBe("ff:pending-review");
  expect(stateLabel("pending")).toBe("ff:pending");
});

test("only labels of states are the product's to remove", () => {
  const labels = ["ff:pending", "FF:NEEDS-REBASE", "ff:hold", "ff:", "pending", "bug"];

  expect(labels.filter(isStateLabel)).toEqual(["ff:pending", "FF:NEEDS-REBASE"]);
});
