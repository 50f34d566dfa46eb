import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { expect, onTestFinished, test } from "vitest";
import { awaitFact } from "../../../src/lib/await-fact.ts";
import {
  type DemoRun,
  newDataFolder,
  removeDataFolder,
  startDemo,
} from "../../support/demo-run.ts";
import { clearAway, leftSince, snapshotOf } from "../../support/leftovers.ts";

const limitMs = 60_000;

/** By then the local GitHub and the model serve. @returns the broker's pid */
async function startsItsBroker(run: DemoRun, data: string, not = 0): Promise<number> {
  const list = join(data, "processes.json");
  const look = () => `${existsSync(list) ? readFileSync(list, "utf8") : "no list"} ${run.output()}`;
  const pidIn = (seen: string) => Number(/"the broker","pid":(\d+)/.exec(seen)?.[1] ?? not);
  const seen = await awaitFact(
    "the demo starts its broker",
    look,
    (now) => pidIn(now) !== not || run.hasEnded(),
    { limitMs },
  );
  expect(run.hasEnded(), seen).toBe(false);
  return pidIn(seen);
}

test("a demo whose main process alone was killed is gone on with, meanwhile a second one is refused, and nothing is left at its end (R9)", {
  timeout: 2 * limitMs,
}, async () => {
  const data = newDataFolder("resume");
  onTestFinished(async () => {
    await clearAway(data);
    removeDataFolder(data);
  });
  const before = snapshotOf(data);
  const killed = startDemo(data);
  const broker = await startsItsBroker(killed, data);

  const second = startDemo(data, ["--resume"]);
  expect(await second.ended).toBe(2);
  expect(second.output()).toContain(`${data} is in use by process ${killed.pid}; wait for it`);

  process.kill(killed.pid, "SIGKILL");
  await killed.ended;
  const resumed = startDemo(data, ["--resume"]);
  await startsItsBroker(resumed, data, broker);
  expect(resumed.output()).toContain(
    "Ended what a killed run had left: the guard, the local GitHub",
  );
  resumed.interrupt();

  expect(await resumed.ended).toBe(130);
  expect(resumed.output()).toContain("Interrupted");
  expect(await leftSince(before, data)).toEqual([]);
});
