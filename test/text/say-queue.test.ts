import { expect, test } from "vitest";
import { renderMessage } from "../../src/text/render-message.ts";
import { renderStatus } from "../../src/text/render-status.ts";
import { sampleStatus } from "./sample-epic.ts";

test("the status comment says who waits at which place, and for what (G6, H1)", () => {
  const whyText = "10 of 10 workers are at work";
  const queue = [
    { who: "worker-15", place: 3, of: 7, whyText },
    { who: "supervisor-12", place: 1, of: 1, whyText: "" },
  ];

  expect(renderStatus({ ...sampleStatus, queue })).toContain(
    "**In line to start**\n\n- `worker-15`: place 3 of 7 (10 of 10 workers are at work)\n- `supervisor-12`: place 1 of 1\n",
  );
  expect(renderStatus(sampleStatus)).not.toContain("In line to start");
});

test("people of an epic in line read their place, why they wait, and what they can do (G6, H9c)", () => {
  const place = { kind: "epicQueued", place: 2, of: 3 } as const;

  expect(renderMessage({ ...place, why: "epics", limit: 5 })).toBe(
    "This epic waits for its turn: place 2 of 3. 5 epics may be at work at once, and so many are.\n\nIt starts by itself; the status comment shows its place. `/ff cancel` takes it out of the line.",
  );
  expect(renderMessage({ ...place, why: "review", limit: 1 })).toContain(
    "1 epic may wait for review before another starts, and so many do.",
  );
});

test("a full host says what is full, and who can change that (O5)", () => {
  const whyText = "agents on h use the 2.0 GB of memory they may";

  expect(renderMessage({ kind: "hostLimit", what: "memory", whyText })).toBe(
    "No further agent starts for now: agents on h use the 2.0 GB of memory they may. Those that run go on, the others start in order when there is room.\n\nWhoever operates FactoryFactory sets the limit by `MEMORY_BUDGET_BYTES`. The status comment shows who waits at which place.",
  );
});
