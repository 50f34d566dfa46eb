import { expect, test } from "vitest";
import type { Thread } from "../../src/domain/effect.ts";
import { answer, write } from "./support/written.ts";

test("/ff budget sets the epic's budget, more of it, a task's by number or by its thread (G5)", () => {
  const set = (comment: string, thread: Thread = { on: "epic" }) => {
    const outcome = write(comment, { thread });
    return outcome.kind === "run" ? outcome.decision.budgets : answer(outcome);
  };
  const by = { id: 7, login: "ada" };

  expect(set("/ff budget $80")).toEqual([{ task: null, amount: 80, by }]);
  expect(set("/ff budget +0.30")).toEqual([{ task: null, amount: 50.3, by }]);
  expect(set("/ff budget 15 #16")).toEqual([{ task: 2, amount: 15, by }]);
  expect(set("/ff budget 15 task 3")).toEqual([{ task: 3, amount: 15, by }]);
  expect(set("/ff budget +5", { on: "task", task: 1 })).toEqual([{ task: 1, amount: 15, by }]);
  expect(answer(write("/ff budget 15 #15"))).toContain("Task #15 may cost $15.00; $2.00 of it is");
});

test.each([
  ["/ff budget", "80 sets the budget, +20.50 adds to it. Usage"],
  ["/ff budget much", "80 sets the budget, +20.50 adds to it. Usage"],
  ["/ff budget -5", "80 sets the budget, +20.50 adds to it. Usage"],
  ["/ff budget 0", "more than $0. To stop all spending"],
  ["/ff budget 1e9", "80 sets the budget, +20.50 adds to it. Usage"],
  ["/ff budget 3.20", "$3.20 is spent already"],
  ["/ff budget 201", "at most $200"],
  ["/ff budget +151", "at most $200"],
  ["/ff budget 20 #99", "This epic has no #99"],
])("%s is refused and says what is wrong (G5, H6)", (comment, words) => {
  const outcome = write(comment);

  expect(outcome.kind).toBe("refused");
  expect(answer(outcome)).toContain(words);
});

test("/ff stats shows what was spent, by whom, on which model, and from the cache (G4)", () => {
  const said = answer(write("/ff stats"));

  expect(said).toContain("This epic has spent $3.20 of $50.00, about $9.60 in all.");
  expect(said).toContain(
    "| `worker-15` | `claude-sonnet-5-5` | 1,000 | 100,000 | 1,000 | 80 % | $2.00 |",
  );
  expect(said).toContain("| all |  | 1,234 | 105,678 | 1,500 | 76 % | $3.20 |");
  expect(said).toContain("Prices as of 2026-11-22.");
});
