import { execFile } from "node:child_process";
import {
  chownSync,
  existsSync,
  mkdirSync,
  readFileSync,
  renameSync,
  rmSync,
  writeFileSync,
} from "node:fs";
import { join } from "node:path";
import { promisify } from "node:util";
import { randomToken } from "../../lib/ids.ts";
import type { ServiceUser } from "./service-user.ts";

const INITDB_LIMIT_MS = 120_000;

export const SUPERUSER = "factory";

export type ClusterOptions = {
  /** Holds the cluster and, readable by us alone, its password. */
  readonly dataDir: string;
  readonly binaries: string;
  readonly user: ServiceUser | null;
  /** False skips the syncing of files, for tests. */
  readonly durable: boolean;
};

export type Cluster = { readonly folder: string; readonly password: string };

/** PostgreSQL's own folder, its user's alone. */
export function clusterOf(dataDir: string): string {
  return join(dataDir, "cluster");
}

/**
 * Makes the cluster of a data folder, or reads what was made before.
 *
 * @throws {Error} when another major version wrote it, its password is gone, or initdb fails
 */
export async function provideCluster(options: ClusterOptions): Promise<Cluster> {
  const folder = clusterOf(options.dataDir);
  const passwordFile = join(options.dataDir, "password");
  if (!existsSync(folder)) {
    const password = randomToken();
    writeFileSync(passwordFile, password, { mode: 0o600 });
    await makeCluster(folder, password, options);
    return { folder, password };
  }
  checkVersion(folder, options.binaries);
  if (!existsSync(passwordFile)) {
    throw new Error(`${passwordFile} is missing; restore it, or remove ${options.dataDir}`);
  }
  return { folder, password: readFileSync(passwordFile, "utf8") };
}

async function makeCluster(
  folder: string,
  password: string,
  { binaries, user, durable }: ClusterOptions,
): Promise<void> {
  // Renamed when complete: what a killed initdb leaves is made anew.
  const unfinished = `${folder}.unfinished`;
  rmSync(unfinished, { recursive: true, force: true });
  mkdirSync(unfinished, { mode: 0o700 });
  const passwordCopy = `${folder}.pwfile`;
  writeFileSync(passwordCopy, password, { mode: 0o600 });
  if (user) for (const path of [unfinished, passwordCopy]) chownSync(path, user.uid, user.gid);
  const args = [
    `--pgdata=${unfinished}`,
    `--username=${SUPERUSER}`,
    `--pwfile=${passwordCopy}`,
    "--auth=scram-sha-256",
    "--encoding=UTF8",
    "--locale=C",
    "--locale-provider=builtin",
    "--builtin-locale=C.UTF-8",
    ...(durable ? [] : ["--no-sync"]),
  ];
  try {
    await promisify(execFile)(join(binaries, "bin/initdb"), args, {
      cwd: "/",
      env: { PATH: "/usr/bin:/bin", LC_ALL: "C.UTF-8", TZ: "UTC" },
      timeout: INITDB_LIMIT_MS,
      ...(user && { uid: user.uid, gid: user.gid }),
    });
  } finally {
    rmSync(passwordCopy, { force: true });
  }
  renameSync(unfinished, folder);
}

function checkVersion(folder: string, binaries: string): void {
  const wrote = readFileSync(join(folder, "PG_VERSION"), "utf8").trim();
  const runs = /postgresql-(\d+)\./.exec(binaries)?.[1];
  if (wrote === runs) return;
  throw new Error(
    `${folder} was written by PostgreSQL ${wrote}, the embedded one is ${runs}; ` +
      "move that folder away, or set DATABASE_URL to a server of that version",
  );
}
