import { parseArgs } from "node:util";
import { startBroker } from "./broker.ts";
import { DEFAULT_BROKER_LIMITS } from "./broker-limits.ts";
import type { BrokerLog } from "./log-refusals.ts";
import { readRegistrySource } from "./registry-source.ts";
import { readSecretFile } from "./secret-file.ts";

// The program of a host's broker: the only way out of a cell. It outlives web and workers; after a
// restart it finds its lives in its folder.

const USAGE = "usage: broker --dir DIR --upstream URL [--secret-file FILE]";

/** The command line is wrong: nothing was tried. */
const usageExitCode = 2;

async function main(args: readonly string[]): Promise<void> {
  if (args.includes("--help")) {
    process.stdout.write(`${USAGE}\n`);
    return;
  }
  const options = readOptions(args);
  if (typeof options === "string") {
    fail(options, usageExitCode);
    return;
  }
  const { dir, upstream, secretFile } = options;
  try {
    const secret = secretFile === null ? null : readSecretFile(secretFile);
    const broker = await startBroker({
      dir,
      upstream,
      secret,
      limits: DEFAULT_BROKER_LIMITS,
      registries: readRegistrySource(process.env),
      log,
    });
    const stop = (): void => {
      // Exits by itself once nothing is open; a second signal ends it at once.
      process.once("SIGTERM", () => process.exit(1));
      void broker.stop().then(() => process.exit(0));
    };
    process.once("SIGTERM", stop);
    process.once("SIGINT", stop);
    process.stdout.write(`broker ready: ${broker.controlSocket}\n`);
  } catch (error) {
    fail(`broker: ${error instanceof Error ? error.message : String(error)}`);
  }
}

type Options = {
  readonly dir: string;
  readonly upstream: URL;
  readonly secretFile: string | null;
};

function readOptions(args: readonly string[]): Options | string {
  try {
    const { values } = parseArgs({
      args: [...args],
      options: {
        dir: { type: "string" },
        upstream: { type: "string" },
        "secret-file": { type: "string" },
      },
    });
    if (values.dir === undefined || values.upstream === undefined) return USAGE;
    if (!URL.canParse(values.upstream)) return `broker: --upstream is no URL\n${USAGE}`;
    const upstream = new URL(values.upstream);
    if (upstream.protocol !== "http:" && upstream.protocol !== "https:") {
      return `broker: --upstream must start with http:// or https://\n${USAGE}`;
    }
    return { dir: values.dir, upstream, secretFile: values["secret-file"] ?? null };
  } catch (error) {
    return `broker: ${error instanceof Error ? error.message : String(error)}\n${USAGE}`;
  }
}

const log: BrokerLog = (event, facts) => {
  const line = { time: new Date().toISOString(), name: "broker", msg: event, ...facts };
  process.stdout.write(`${JSON.stringify(line)}\n`);
};

function fail(message: string, exitCode = 1): void {
  process.stderr.write(`${message}\n`);
  process.exitCode = exitCode;
}

await main(process.argv.slice(2));
