import { execFile } from "node:child_process";
import { createHash } from "node:crypto";
import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";
import { promisify } from "node:util";

// A git repository of one commit from a published package: `node test/package-epic/prepare.ts DIR`.

const run = promisify(execFile);
const limitMs = 120_000;
const when = "2026-11-22T12:00:00Z";

/** Four files, no dependency; its own sources as people wrote them. */
const thePackage = {
  name: "ms",
  version: "2.1.3",
  sha512:
    "6FlzubTLZG3J2a/NVCAleEhjzq5oxgHyaCU9yYXvcLsvoVaHJq/s5xXI6/XXP6tz7R9xAOtHnSO/tXtF3WRTlA==",
};

/**
 * Makes the repository in a new folder: the package's files and nothing else, the same commit every
 * time.
 *
 * @returns the commit
 * @throws {Error} when the package cannot be fetched, or is not the one that was pinned
 */
export async function preparePackage(folder: string): Promise<string> {
  mkdirSync(folder, { recursive: true });
  if (readdirSync(folder).length > 0) throw new Error(`${folder} is not empty`);
  const fetched = mkdtempSync(join(tmpdir(), "ff-package-"));
  try {
    const tarball = await fetchPackage(fetched);
    await run("tar", ["-xzf", tarball, "-C", folder, "--strip-components=1", "--no-same-owner"], {
      timeout: limitMs,
    });
  } finally {
    rmSync(fetched, { recursive: true });
  }
  return await commitAll(folder);
}

async function fetchPackage(into: string): Promise<string> {
  const { name, version, sha512 } = thePackage;
  await run("npm", ["pack", `${name}@${version}`, "--silent", "--pack-destination", into], {
    timeout: limitMs,
  });
  const tarball = join(into, `${name}-${version}.tgz`);
  const found = createHash("sha512").update(readFileSync(tarball)).digest("base64");
  if (found !== sha512)
    throw new Error(`${name}@${version} has sha512 ${found} instead of ${sha512}: do not use it`);
  return tarball;
}

async function commitAll(folder: string): Promise<string> {
  const env = {
    PATH: process.env["PATH"] ?? "",
    GIT_CONFIG_NOSYSTEM: "1",
    GIT_CONFIG_GLOBAL: "/dev/null",
    GIT_AUTHOR_DATE: when,
    GIT_COMMITTER_DATE: when,
  };
  const git = async (...args: readonly string[]): Promise<string> => {
    const who = ["-c", "user.name=Ana", "-c", "user.email=ana@example.com"];
    return (await run("git", [...who, ...args], { cwd: folder, env, timeout: limitMs })).stdout;
  };
  await git("init", "--quiet", "--initial-branch=main");
  await git("add", "--all", "--force");
  await git("commit", "--quiet", "--message", `Import ${thePackage.name} ${thePackage.version}`);
  return (await git("rev-parse", "HEAD")).trim();
}

if (import.meta.main) {
  const folder = process.argv[2];
  if (folder === undefined) {
    console.error("Usage: node test/package-epic/prepare.ts DIR");
    process.exitCode = 2;
  } else console.log(`${await preparePackage(resolve(folder))} in ${resolve(folder)}`);
}
