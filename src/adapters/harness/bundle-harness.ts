import { execFile } from "node:child_process";
import { createHash } from "node:crypto";
import {
  chmodSync,
  existsSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmSync,
  statSync,
  symlinkSync,
  utimesSync,
  writeFileSync,
} from "node:fs";
import { createRequire } from "node:module";
import path from "node:path";
import { promisify } from "node:util";
import { shortId } from "../../lib/ids.ts";
import { PortError } from "../../lib/port-error.ts";

// Reading some hundred files of packages is most of what a life's start costs. Cells get the harness
// as a few files instead, made once for each version of it (docs/adr/0014).

const run = promisify(execFile);
const root = path.resolve(import.meta.dirname, "../../..");
const LIMIT_MS = 60_000;
/** Another version of the product may still start lives from its own, beside this one. */
const KEPT = 3;
/** A version's folder, or the draft of one. */
const VERSION = /^[0-9a-f]{16}(\.\w+)?$/;
/** Who a cell's processes are, in there. */
const CELL_USER = 65534;

/**
 * Provides the harness as plain JavaScript without packages; made where it is not there yet.
 *
 * @param dataDir absolute; the bundles are below it
 * @returns absolute folder with `main.js`, readable for every user of this host
 * @throws {PortError} `harness`, when it cannot be made
 */
export async function bundleHarness(dataDir: string): Promise<string> {
  const bundles = path.join(dataDir, "harness");
  const folder = path.join(bundles, versionOfSources());
  if (!existsSync(folder)) await make(folder);
  const now = new Date();
  utimesSync(folder, now, now);
  forgetOldest(bundles);
  return folder;
}

async function make(folder: string): Promise<void> {
  const draft = `${folder}.${shortId()}`;
  mkdirSync(draft, { recursive: true, mode: 0o755 });
  const bundler = path.join(
    path.dirname(createRequire(import.meta.url).resolve("rolldown/package.json")),
    "bin/cli.mjs",
  );
  const harness = path.join(root, "src/harness/main.ts");
  const argv = [bundler, harness, "--platform", "node", "--format", "esm", "--dir", draft];
  try {
    await run(process.execPath, argv, { cwd: root, timeout: LIMIT_MS });
    writeFileSync(path.join(draft, "package.json"), '{ "type": "module" }\n');
    await run(process.execPath, [path.join(draft, "main.js"), "--compile"], { timeout: LIMIT_MS });
    showCompiled(path.join(draft, "compiled"));
    renameSync(draft, folder);
  } catch (cause) {
    rmSync(draft, { recursive: true, force: true });
    // Made by another process of this host in the meantime.
    if (existsSync(folder)) return;
    const why = cause instanceof Error ? cause.message : String(cause);
    throw new PortError("harness", `the harness could not be bundled into ${folder}: ${why}`, {
      retryable: false,
      cause,
    });
  }
}

/** Node.js keeps it for each user apart, by number, and closed: cells have a number of their own. */
function showCompiled(compiled: string): void {
  const own = `-${process.getuid?.() ?? 0}`;
  for (const name of readdirSync(compiled)) {
    const folder = path.join(compiled, name);
    for (const file of readdirSync(folder)) chmodSync(path.join(folder, file), 0o644);
    const theirs = `${name.slice(0, -own.length)}-${CELL_USER}`;
    if (name.endsWith(own) && name !== theirs) symlinkSync(name, path.join(compiled, theirs));
  }
}

/** Changes with whatever the bundle is made of. */
function versionOfSources(): string {
  const hash = createHash("sha256")
    .update(process.version)
    .update(readFileSync(path.join(root, "package-lock.json")));
  const sources = ["src/harness", "src/lib", "src/adapters/harness"];
  for (const file of sources.flatMap(sourcesIn))
    hash
      .update(file)
      .update("\0")
      .update(readFileSync(path.join(root, file)));
  return hash.digest("hex").slice(0, 16);
}

function sourcesIn(folder: string): readonly string[] {
  return readdirSync(path.join(root, folder), { recursive: true, encoding: "utf8" })
    .filter((file) => file.endsWith(".ts"))
    .map((file) => path.join(folder, file))
    .sort();
}

/** What bears another name is not ours to remove. */
function forgetOldest(bundles: string): void {
  const byAge = readdirSync(bundles)
    .filter((name) => VERSION.test(name))
    .map((name) => path.join(bundles, name))
    // 0: another process of this host has just removed it.
    .map((folder) => ({ folder, atMs: statSync(folder, { throwIfNoEntry: false })?.mtimeMs ?? 0 }))
    .sort((one, other) => other.atMs - one.atMs);
  for (const { folder } of byAge.slice(KEPT)) rmSync(folder, { recursive: true, force: true });
}
