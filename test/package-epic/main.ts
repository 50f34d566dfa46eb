import { join } from "node:path";
import { programFlags } from "../../src/lib/program-flags.ts";
import { newDataFolder, removeDataFolder, startDemo } from "../support/demo-run.ts";
import { leftSince, snapshotOf } from "../support/leftovers.ts";
import { judgeRun } from "./judge.ts";
import { preparePackage } from "./prepare.ts";

const usage = `Usage: npm run demo:package -- [options]

Makes a repository from the sources of a published package (ms), and gives the demo an epic of five
tasks for it: a diamond of dependencies, a review that asks for changes, a conflict, a verify that
fails only after the merge. Exit code 0 when all five landed as they should.

  --keep       keeps the data folder, which is otherwise kept only when something is wrong
  --script F   what the scripted model says instead of test/package-epic/script.yml
  --help       this text`;

const limitSeconds = 300;

const values = programFlags({
  usage,
  options: {
    keep: { type: "boolean", default: false },
    script: { type: "string", default: join(import.meta.dirname, "script.yml") },
  },
});
try {
  process.exitCode = await runEpic(values);
} catch (error) {
  console.error(error instanceof Error ? error.message : error);
  process.exitCode = 1;
}

async function runEpic({
  script,
  keep,
}: {
  readonly script: string;
  readonly keep: boolean;
}): Promise<number> {
  const sources = newDataFolder("package");
  const data = newDataFolder("epic");
  const before = snapshotOf(data);
  let hasBegun = false;
  let isGood = false;
  try {
    const commit = await preparePackage(sources);
    console.log(`The package is commit ${commit.slice(0, 12)}; its epic runs in ${data} …`);
    hasBegun = true;
    const demo = startDemo(data, [
      ...["--repo", sources, "--epic", join(import.meta.dirname, "epic.md")],
      ...["--script", script, "--verify", "node --test", "--limit", String(limitSeconds)],
    ]);
    const code = await demo.ended;
    const { problems, figure } = await judgeRun(demo.output(), code, data);
    const left = (await leftSince(before, data)).map(
      ({ kind, what }) => `left over: ${kind} ${what}`,
    );
    for (const problem of [...problems, ...left]) console.error(problem);
    isGood = problems.length + left.length === 0;
    console.log(
      isGood ? figure : `The package's epic fell short: ${problems.length + left.length}`,
    );
    return isGood ? 0 : 1;
  } finally {
    const isWorthALook = hasBegun && (keep || !isGood);
    if (isWorthALook) console.error(`kept ${data} and ${data}.out`);
    else removeDataFolder(data);
    removeDataFolder(sources);
  }
}
