import { spawnSync } from "node:child_process";
import { existsSync, mkdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { delimiter, join } from "node:path";
import { SetUpError, say } from "./say.mjs";

const LOCK_LIMIT_MS = 15 * 60_000;

/**
 * Installs what package-lock.json names, when node_modules is not that.
 *
 * @param {string} checkout
 */
export function ensurePackages(checkout) {
  if (isInstalled(checkout)) return;
  const release = waitForLock(join(checkout, ".data"));
  try {
    // Whoever held the lock may have done it.
    if (!isInstalled(checkout)) install(checkout);
  } finally {
    release();
  }
}

function install(checkout) {
  say("installing the packages of package-lock.json (npm ci), Node 24 among them …");
  // A .bin of ours on PATH would run npm by a Node that npm is about to delete.
  const path = (process.env.PATH ?? "").split(delimiter);
  const env = {
    ...process.env,
    PATH: path.filter((folder) => !folder.endsWith(join("node_modules", ".bin"))).join(delimiter),
  };
  const args = [
    "ci",
    "--include=dev",
    "--include=optional",
    "--no-audit",
    "--no-fund",
    "--loglevel=error",
  ];
  const { status, error } = spawnSync("npm", args, { cwd: checkout, env, stdio: ["ignore", 2, 2] });
  if (error)
    throw new SetUpError(`npm could not be run (${error.message}); install it beside Node`);
  if (status !== 0)
    throw new SetUpError("npm ci failed, for the reason above; correct it and repeat");
}

// npm writes its own account of node_modules last, so a killed install has none.
function isInstalled(checkout) {
  const wanted = readLock(join(checkout, "package-lock.json"));
  const found = readLock(join(checkout, "node_modules", ".package-lock.json"));
  if (!wanted) throw new SetUpError("package-lock.json is missing or broken; restore it from git");
  if (!found || !existsSync(join(checkout, "node_modules", ".bin"))) return false;
  return Object.entries(wanted).every(([path, { version, optional, devOptional }]) => {
    if (path === "") return true;
    // Optional ones are left out where they are for another platform.
    return found[path] ? found[path].version === version : Boolean(optional || devOptional);
  });
}

function readLock(file) {
  try {
    return JSON.parse(readFileSync(file, "utf8")).packages ?? null;
  } catch {
    return null;
  }
}

// Two commands started at once in a fresh clone must not install over each other.
function waitForLock(folder) {
  const lock = join(folder, "npm-ci.lock");
  const deadline = Date.now() + LOCK_LIMIT_MS;
  mkdirSync(folder, { recursive: true });
  for (;;) {
    try {
      writeFileSync(lock, String(process.pid), { flag: "wx" });
      return () => rmSync(lock, { force: true });
    } catch (error) {
      if (error.code !== "EEXIST") throw error;
    }
    const holder = readHolder(lock);
    if (holder !== null && !isAlive(holder)) rmSync(lock, { force: true });
    else if (Date.now() < deadline)
      Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, 200);
    else throw new SetUpError(`process ${holder} has been installing for too long; see ${lock}`);
  }
}

function readHolder(lock) {
  try {
    // Empty for the moment between its making and its filling.
    return Number(readFileSync(lock, "utf8")) || null;
  } catch {
    return null;
  }
}

function isAlive(pid) {
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    return error.code === "EPERM";
  }
}
