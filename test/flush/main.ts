import { programFlags } from "../../src/lib/program-flags.ts";
import { runFlushSuite } from "./flush-suite.ts";

const usage = `Usage: npm run test:flush -- [options]

Runs the demo undisturbed, then once more with its Redis flushed several times on the way, then with
a wake of every queue lost: each must end as the undisturbed one, and says how much longer it took.

  --only PART    only "flushed" or "wakes lost" (compared with nothing then)
  --help         this text`;

const values = programFlags({
  usage,
  options: { only: { type: "string" } },
});

process.exitCode = await runFlushSuite(values.only ?? null);
