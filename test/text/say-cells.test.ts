import { expect, test } from "vitest";
import { renderStatus } from "../../src/text/render-status.ts";
import { sampleStatus } from "./sample-epic.ts";

test("the status says how firmly the epic's agents are locked in, once there is one (S5)", () => {
  expect(renderStatus(sampleStatus)).not.toContain("Cells");
  expect(renderStatus({ ...sampleStatus, cellLevel: "A" })).toMatch(/Cells: level A, an own user/);
  expect(renderStatus({ ...sampleStatus, cellLevel: "none" })).toMatch(/^\*\*No cells: /);
});
