import { join } from "node:path";
import { awaitFact } from "../../src/lib/await-fact.ts";
import { socketFolderFor } from "../../src/local/embedded/folders.ts";
import {
  type DemoRun,
  newDataFolder,
  outputFileOf,
  removeDataFolder,
  startDemo,
} from "../support/demo-run.ts";
import { clearAway, leftSince, snapshotOf } from "../support/leftovers.ts";
import { collectSecrets, unseenSecrets } from "./demo-secrets.ts";
import { type DemoFolders, type Place, places } from "./places.ts";
import { plantings } from "./plant.ts";
import { plantedCanaries } from "./planted.ts";
import { createSearch, type Finding, type Search } from "./search.ts";

/** How long the demo may take, and how often it is looked at meanwhile. */
const limitMs = 300_000;
const everyMs = 700;
const findLimitMs = 15_000;

/** @param only one kind of place; null for all. @returns the exit code */
export async function runSecretsSuite(only: string | null): Promise<number> {
  const chosen = places.filter(({ kind }) => only === null || kind === only);
  if (chosen.length === 0)
    throw new Error(`--only ${only}: one of ${places.map(({ kind }) => kind).join(", ")}`);
  const data = newDataFolder("secrets");
  const before = snapshotOf(data);
  const runtime = `${socketFolderFor(data)}-host`;
  const folders = { data, runtime, lives: join(runtime, "b", "lives"), output: outputFileOf(data) };
  const run = startDemo(data, ["--stay", "--limit", "240"]);
  try {
    const secrets = collectSecrets(folders);
    const search = createSearch(folders, secrets);
    const found = await searchWhile(run, chosen, search);
    tellSearch(chosen, search, found);
    const missed = await selfCheck(chosen, folders);
    run.interrupt();
    await awaitFact("the demo ends at Ctrl-C", run.hasEnded, (over) => over, { limitMs: 30_000 });
    const left = await leftSince(before, data);
    for (const { kind, what } of left) console.log(`FAIL left over: ${kind} ${what}`);
    const unseen = unseenSecrets(secrets());
    for (const kind of unseen) console.log(`FAIL nothing was known of ${kind}`);
    const short = missed.length + left.length + unseen.length;
    return conclude({ found, short, secrets: secrets().length, search });
  } finally {
    await run.killGroup();
    await clearAway(data);
    removeDataFolder(data);
  }
}

const staying = "Everything keeps running";

/** Looks at what is there while agents work, then at everything once they are done. */
async function searchWhile(
  run: DemoRun,
  chosen: readonly Place[],
  search: Search,
): Promise<readonly Finding[]> {
  const fleeting = chosen.filter(({ isFleeting }) => isFleeting);
  const found: Finding[] = [];
  await awaitFact(
    "the demo's epic is completed",
    async () => {
      if (run.hasEnded()) return "ended";
      const isReady = /labelled issue/.test(run.output());
      if (isReady) found.push(...(await search.look(fleeting)));
      return run.output().includes(staying) ? "over" : run.output().slice(-200);
    },
    (state) => state === "over" || state === "ended",
    { limitMs, everyMs },
  );
  const isWhole = /Epic #\d+ is COMPLETED/.test(run.output());
  if (!isWhole || !run.output().includes("All invariants hold."))
    throw new Error(`the demo did not end as it should: ${run.output().slice(-1_000)}`);
  found.push(...(await search.look(chosen)));
  return found;
}

function tellSearch(chosen: readonly Place[], { read }: Search, found: readonly Finding[]): void {
  for (const { kind } of chosen) {
    const { texts, bytes } = read.get(kind) ?? { texts: 0, bytes: 0 };
    const mine = [...new Set(found.filter((one) => one.kind === kind).map(({ what }) => what))];
    console.log(
      `${mine.length === 0 ? "ok  " : "FAIL"} ${kind}: ${texts} texts, ${(bytes / 1_000).toFixed(0)} kB`,
    );
    for (const what of mine) console.log(`     ${what}`);
  }
}

/** A search that finds nothing proves nothing until it finds what was put there to be found. */
async function selfCheck(
  chosen: readonly Place[],
  folders: DemoFolders,
): Promise<readonly string[]> {
  const missed: string[] = [];
  for (const place of chosen) {
    const plant = plantings[place.kind];
    if (!plant) throw new Error(`nothing can be planted in ${place.kind}`);
    const takeAway = await plant(folders);
    const forms = await formsFound(place, folders).finally(takeAway);
    const lacking = plantedCanaries.filter(({ name }) => !forms.has(name)).map(({ name }) => name);
    console.log(
      `${lacking.length === 0 ? "ok  " : "FAIL"} planted in ${place.kind}: found ${[...forms].join(", ")}`,
    );
    missed.push(...lacking.map((name) => `${name} in ${place.kind}`));
  }
  return missed;
}

async function formsFound(place: Place, folders: DemoFolders): Promise<ReadonlySet<string>> {
  const found = new Set<string>();
  await awaitFact(
    "what was planted is found",
    async () => {
      // Searched anew each time: a text that was there before it was planted is another.
      const seen = await createSearch(folders, () => plantedCanaries).look([place]);
      for (const { what } of seen) found.add(what.split(" ", 1)[0] ?? "");
      return found.size;
    },
    (size) => size === plantedCanaries.length,
    { limitMs: findLimitMs, everyMs: 50 },
  ).catch(() => null);
  return found;
}

function conclude(facts: {
  readonly found: readonly Finding[];
  /** Planted values missed, things left over, kinds of secrets unknown. */
  readonly short: number;
  readonly secrets: number;
  readonly search: Search;
}): number {
  const { found, short, secrets, search } = facts;
  const sizes = [...search.read.values()];
  const texts = sizes.reduce((sum, size) => sum + size.texts, 0);
  const megabytes = sizes.reduce((sum, size) => sum + size.bytes, 0) / 1_000_000;
  const leaks = new Set(found.map(({ what }) => what)).size;
  console.log(
    `${leaks} leaks of ${secrets} secrets in ${texts} texts (${megabytes.toFixed(1)} MB) of ${sizes.length} kinds of places; ${short} other shortcomings.`,
  );
  return leaks === 0 && short === 0 && texts > 0 ? 0 : 1;
}
