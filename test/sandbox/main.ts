import { spawnSync } from "node:child_process";
import { chmodSync, mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { shortId } from "../../src/lib/ids.ts";
import { programFlags } from "../../src/lib/program-flags.ts";
import { runForeground } from "../../src/local/embedded/run-foreground.ts";
import { startGuard } from "../../src/local/embedded/start-guard.ts";
import type { Attempt } from "./attempt.ts";
import { excess } from "./attempts/excess.ts";
import { git } from "./attempts/git.ts";
import { host } from "./attempts/host.ts";
import { network } from "./attempts/network.ts";
import { registries } from "./attempts/registries.ts";
import { secrets } from "./attempts/secrets.ts";
import { setup } from "./attempts/setup.ts";
import { figureOf, type Row, tableOf } from "./table.ts";
import { tryInCell, tryWithout } from "./try-attempt.ts";
import { makeVictim, runtimeOf, type Victim } from "./victim.ts";
import { OUTSIDE, startVictimServers } from "./victim-servers.ts";

const usage = `Usage: npm run test:sandbox -- [options]

Tries to get out of a cell and into others' secrets, for real: each attempt once in a cell, where it
must be refused, and once without, where it must work, or it would prove nothing.

  --only WORDS   only the attempts whose name holds these words
  --verbose      shows what each attempt printed
  --help         this text`;

const OWN_NETWORK = "FACTORY_SANDBOX_NETWORK";
const LEAST = 40;
const INTERRUPTED = 130;
const USAGE_EXIT_CODE = 2;

const values = programFlags({
  usage,
  options: {
    only: { type: "string" },
    verbose: { type: "boolean", default: false },
  },
});

if (chosen().length === 0) {
  console.error(`no attempt's name has ${values.only}; see --help`);
  process.exitCode = USAGE_EXIT_CODE;
} else if (canHaveNetwork() && process.env[OWN_NETWORK] === undefined)
  process.exitCode = await inOwnNetwork();
else process.exit(await main());

/** Root can give the run a network in which the addresses of others are its own. */
function canHaveNetwork(): boolean {
  return process.getuid?.() === 0 && spawnSync("unshare", ["--net", "ip", "link"]).status === 0;
}

async function inOwnNetwork(): Promise<number> {
  const args = ["--net", process.execPath, import.meta.filename, ...process.argv.slice(2)];
  const env = { ...process.env, [OWN_NETWORK]: "yes" };
  return await runForeground({ program: "unshare", args, env });
}

async function main(): Promise<number> {
  const hasNetwork = process.env[OWN_NETWORK] !== undefined && setUpNetwork();
  const folder = mkdtempSync(join(tmpdir(), "ff-sandbox-"));
  chmodSync(folder, 0o711);
  const canary = `canary-${shortId(16)}`;
  const endGuard = startGuard({
    dataDir: folder,
    runtimeDir: runtimeOf(folder),
    graceMs: 0,
    isTemporary: true,
  });
  const servers = await startVictimServers(folder, canary, hasNetwork);
  try {
    const victim = await makeVictim(folder, canary, servers, hasNetwork);
    try {
      return await Promise.race([tell(victim), interrupted()]);
    } finally {
      await victim.close();
    }
  } finally {
    await servers.stop();
    await endGuard();
    rmSync(folder, { recursive: true, force: true });
  }
}

/** What was started is stopped and removed whoever ends the run: some of it is dangerous. */
function interrupted(): Promise<number> {
  return new Promise((resolve) => {
    for (const signal of ["SIGINT", "SIGTERM", "SIGHUP"] as const)
      process.on(signal, () => resolve(INTERRUPTED));
  });
}

/** @returns the exit code */
async function tell(victim: Victim): Promise<number> {
  const { level, missing } = await victim.sandbox.level();
  console.log(`Cells here are of level ${level}.${missing.map((one) => ` ${one}`).join("")}\n`);
  const rows = await tryAll(chosen(), victim);
  console.log(tableOf(rows));
  const figure = figureOf(rows);
  console.log(`\n${figure.line}`);
  return figure.isWhole && (values.only !== undefined || rows.length >= LEAST) ? 0 : 1;
}

function setUpNetwork(): boolean {
  const commands = [
    ["link", "set", "lo", "up"],
    ...Object.values(OUTSIDE).map((address) => ["addr", "add", `${address}/32`, "dev", "lo"]),
  ];
  return commands.every((words) => spawnSync("ip", words).status === 0);
}

function chosen(): readonly Attempt[] {
  const all = [...secrets, ...network, ...host, ...git, ...setup, ...registries, ...excess];
  return all.filter(({ name }) => values.only === undefined || name.includes(values.only));
}

/** All in cells first: what works without one breaks the place. */
async function tryAll(attempts: readonly Attempt[], victim: Victim): Promise<readonly Row[]> {
  const { missing } = await victim.sandbox.level();
  const inCell = [];
  for (const [index, attempt] of attempts.entries())
    inCell.push(await tryInCell(attempt, victim, index));
  const rows: Row[] = [];
  for (const [index, attempt] of attempts.entries()) {
    const cell = inCell[index];
    const why = attempt.needs?.(victim) ?? null;
    const without = why === null ? await tryWithout(attempt, victim, index) : null;
    if (values.verbose)
      console.log(`— ${attempt.name}\nin a cell: ${cell?.output}\nwithout: ${without?.output}\n`);
    const lacks = missing.some((reason) => reason.startsWith(attempt.claimedWith ?? "nothing"));
    rows.push({
      name: attempt.name,
      isRefused: lacks ? null : cell?.succeeded === false,
      works: without?.succeeded ?? null,
      why,
    });
  }
  return rows;
}
