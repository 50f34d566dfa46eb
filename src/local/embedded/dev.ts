import { join } from "node:path";
import { exitCodes, programFlags } from "../../lib/program-flags.ts";

const usage = `Usage: npm run dev

Runs web and workers in one process beside their own PostgreSQL and Redis, and again when a file
changes. DATABASE_URL and REDIS_URL name servers of yours instead; DATA_DIR is where everything is
kept. It reads its settings from the environment and from .env; .env.example has them all, and
\`npm run doctor\` checks them.

  --help  this text

${exitCodes}`;

programFlags({ usage });
// A program of its own, which reads its command line: a mistake on ours must not start servers.
process.argv.splice(2, Number.POSITIVE_INFINITY, process.execPath, "--watch", devFile());
await import("./main.ts");

function devFile(): string {
  return join(import.meta.dirname, "../../dev.ts");
}
