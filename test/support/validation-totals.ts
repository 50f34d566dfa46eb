// How many answers and webhooks of the stand-in were held against GitHub's descriptions in a run of
// the tests. Every test process appends to a file of its own, so none can lose another's numbers.

import { appendFileSync, existsSync, readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { z } from "zod";

const line = z.object({ responses: z.int(), webhooks: z.int() });
export type Totals = z.infer<typeof line>;

/** Adds to this process's numbers, when the folder for them is named by FF_VALIDATION_DIR. */
export function addTotals(totals: Totals): void {
  const folder = process.env.FF_VALIDATION_DIR;
  if (folder === undefined || folder === "") return;
  const { responses, webhooks } = totals;
  appendFileSync(
    join(folder, `${process.pid}.jsonl`),
    `${JSON.stringify({ responses, webhooks })}\n`,
  );
}

/** The sums over all processes that wrote into a folder; zeros when there is none. */
export function readTotals(folder: string): Totals {
  const sums = { responses: 0, webhooks: 0 };
  if (!existsSync(folder)) return sums;
  for (const name of readdirSync(folder)) {
    for (const text of readFileSync(join(folder, name), "utf8").trim().split("\n")) {
      const { responses, webhooks } = line.parse(JSON.parse(text));
      sums.responses += responses;
      sums.webhooks += webhooks;
    }
  }
  return sums;
}
