// npm run local:model: the scripted model as a program of its own.
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { programFlags } from "../../lib/program-flags.ts";
import { controlTokenFile } from "./control-token.ts";
import { startScriptedModel } from "./scripted-model.ts";

const usage = `Usage: npm run local:model -- --script FILE [--weather FILE] [--goes-on] [--port N] [--key K] [--data DIR]

Answers the Anthropic Messages API on 127.0.0.1 as the script says (docs/SCRIPTED_MODEL.md).

  --script FILE  the script, YAML
  --weather FILE limits and faults, YAML, on top of the script's
  --goes-on      faults go on behind the calls that the journal in --data has, instead of beginning anew
  --port N       the port to listen on; without it any free one
  --key K        the only API key accepted; better given as SCRIPTED_MODEL_KEY; without it any key is
  --data DIR     keeps the journal of calls and the control token; without it a folder that ends with the process
  --help         this text

SCRIPTED_MODEL_CONTROL_TOKEN sets the token that guards /_control.`;

const options = {
  script: { type: "string" },
  weather: { type: "string" },
  "goes-on": { type: "boolean" },
  port: { type: "string" },
  key: { type: "string" },
  data: { type: "string" },
} as const;

await run();

async function run(): Promise<void> {
  try {
    await start();
  } catch (error) {
    console.error(error instanceof Error ? error.message : String(error));
    process.exitCode = 1;
  }
}

async function start(): Promise<void> {
  const flags = programFlags({ usage, options });
  const port = Number(flags.port ?? "0");
  if (flags.script === undefined) return mistaken("--script FILE is missing");
  if (!/^\d{1,5}$/.test(flags.port ?? "0") || port > 65_535)
    return mistaken(`--port ${flags.port}: must be a number from 0 to 65535`);
  const dataDir = flags.data ?? mkdtempSync(join(tmpdir(), "scripted-model-"));
  const forget = (): void => {
    if (flags.data === undefined) rmSync(dataDir, { recursive: true, force: true });
  };
  process.once("exit", forget);
  const key = flags.key ?? process.env.SCRIPTED_MODEL_KEY;
  const token = process.env.SCRIPTED_MODEL_CONTROL_TOKEN;
  const model = await startScriptedModel({
    scriptFile: flags.script,
    ...(flags.weather === undefined ? {} : { weatherFile: flags.weather }),
    goesOn: flags["goes-on"] ?? false,
    port,
    dataDir,
    ...(key ? { key } : {}),
    ...(token ? { controlToken: token } : {}),
  });
  console.log(`ANTHROPIC_BASE_URL=${model.url}`);
  console.log(key ? "# ANTHROPIC_API_KEY: the key given" : "ANTHROPIC_API_KEY=any-key-will-do");
  const where = token ? "SCRIPTED_MODEL_CONTROL_TOKEN" : controlTokenFile(dataDir);
  console.log(`# control: ${model.url}/_control, token in ${where}`);
  for (const signal of ["SIGINT", "SIGTERM"] as const)
    process.once(signal, () => void model.close());
}

function mistaken(what: string): void {
  console.error(`${what}; see --help`);
  process.exitCode = 2;
}
