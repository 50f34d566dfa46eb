import { programFlags } from "../../src/lib/program-flags.ts";
import { runSecretsSuite } from "./secrets-suite.ts";

const usage = `Usage: npm run test:secrets -- [options]

Runs the demo and looks, meanwhile and afterwards, for everything secret in it (App key, webhook
secret, installation tokens, model key, database password, broker secret, life tokens) wherever it
must not be, in every form it may take. Then plants values in every kind of place and must find them.

  --only PLACE   only this kind of place ("panes", "mirror objects", "comments" …)
  --help         this text`;

const values = programFlags({
  usage,
  options: { only: { type: "string" } },
});

process.exitCode = await runSecretsSuite(values.only ?? null);
