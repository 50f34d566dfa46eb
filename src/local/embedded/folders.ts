import { createHash } from "node:crypto";
import {
  chmodSync,
  chownSync,
  existsSync,
  lstatSync,
  mkdirSync,
  readdirSync,
  realpathSync,
  rmdirSync,
  rmSync,
  statSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join, resolve } from "node:path";
import type { ServiceUser } from "./service-user.ts";

// Linux: sockaddr_un.sun_path is 108 bytes with its closing zero.
const LONGEST_SOCKET_PATH = 107;

/** A folder that a person has to let us make, or replace by another; one line, without a stack. */
export class FolderError extends Error {
  override readonly name = "FolderError";

  constructor(path: string, cause: unknown) {
    const ofError = cause instanceof Error ? cause.message : String(cause);
    const reason = cause instanceof Error && "code" in cause ? String(cause.code) : ofError;
    const mend =
      "let this user write there, or name another folder by --data, DATA_DIR or XDG_DATA_HOME";
    super(`the folder ${path} cannot be made (${reason}); ${mend}`, { cause });
  }
}

/** Eight letters that stand for a path in other paths, where the whole would be too long. */
export function hashOfPath(path: string): string {
  return createHash("sha256").update(resolve(path)).digest("hex").slice(0, 8);
}

/**
 * Makes a folder if it is missing, with this mode and owner. Folders that have to be made above it
 * can be passed through by the servers' user where we are root, and are ours alone otherwise.
 *
 * @param owner null keeps it ours
 * @throws {FolderError} when it cannot be made
 * @throws {Error} when the path is a link or belongs to somebody else: in a shared temp folder
 *   another user could have put it there
 */
export function makeFolder(path: string, mode: number, owner: ServiceUser | null): void {
  try {
    makeParents(dirname(resolve(path)));
    makeOne(path, mode);
  } catch (error) {
    throw new FolderError(path, error);
  }
  const stats = lstatSync(path);
  const ours = process.getuid?.() ?? stats.uid;
  if (!stats.isDirectory()) throw new Error(`${path} is not a folder; remove it and start again`);
  if (stats.uid !== ours && stats.uid !== owner?.uid) {
    throw new Error(`${path} belongs to user ${stats.uid}; remove it or choose another folder`);
  }
  if ((stats.mode & 0o7777) !== mode) chmodSync(path, mode);
  if (owner && stats.uid !== owner.uid) chownSync(path, owner.uid, owner.gid);
}

/**
 * Checks that a user can get to a folder, without changing anybody's folder.
 *
 * @throws {Error} naming the closed folder on the way
 */
export function checkReachable(path: string, user: ServiceUser | null): void {
  if (!user) return;
  for (const folder of ancestorsOf(realpathSync(dirname(path))).concat(
    realpathSync(dirname(path)),
  )) {
    const { mode, uid, gid } = statSync(folder);
    const bit = uid === user.uid ? 0o100 : gid === user.gid ? 0o010 : 0o001;
    if ((mode & bit) === 0) {
      throw new Error(
        `${path} cannot be reached by the user ${user.name}, because ${folder} is closed to ` +
          "others; choose a data folder outside of it, e.g. below /var/lib",
      );
    }
  }
}

/**
 * A short folder for the sockets of the servers of one data folder. It is not made here.
 *
 * @returns below /run where we are root or logged in, else below the temp folder
 */
export function socketFolderFor(dataDir: string): string {
  const name = `factory-factory-${hashOfPath(dataDir)}`;
  const uid = process.getuid?.() ?? 0;
  if (uid === 0) return join(isFolderOf("/run", 0) ? "/run" : tmpdir(), name);
  const ofUser = `/run/user/${uid}`;
  return isFolderOf(ofUser, uid) ? join(ofUser, name) : join(tmpdir(), `${name}-${uid}`);
}

/**
 * @returns the path, when the kernel takes it as the name of a socket
 * @throws {Error} when it is too long
 */
export function checkSocketPath(path: string): string {
  const length = Buffer.byteLength(path);
  if (length <= LONGEST_SOCKET_PATH) return path;
  throw new Error(
    `the socket path ${path} is ${length} bytes, ${LONGEST_SOCKET_PATH} is the most; ` +
      "choose a shorter folder",
  );
}

function makeParents(path: string): void {
  const mode = process.getuid?.() === 0 ? 0o711 : 0o700;
  for (const folder of [path, ...ancestorsOf(path)].reverse())
    if (makeOne(folder, mode)) chmodSync(folder, mode);
}

/**
 * One at a time: Node's recursive way tries again for ever where a folder is there and nothing can
 * be made in it, as below /proc.
 *
 * @returns whether it was made; false when something is there
 */
function makeOne(path: string, mode: number): boolean {
  if (existsSync(path)) return false;
  try {
    mkdirSync(path, { mode });
    return true;
  } catch (error) {
    const code = error instanceof Error && "code" in error ? error.code : null;
    // Another process made it between the look and the hand.
    if (code === "EEXIST") return false;
    if (code !== "ENOENT") throw error;
    throw new Error(`nothing can be made in ${dirname(path)}`, { cause: error });
  }
}

function isFolderOf(path: string, uid: number): boolean {
  const stats = statSync(path, { throwIfNoEntry: false });
  return stats?.isDirectory() === true && stats.uid === uid;
}

function ancestorsOf(path: string): readonly string[] {
  const parent = dirname(path);
  return parent === path ? [] : [parent, ...ancestorsOf(parent)];
}

/** Removes a stopped server's socket, its lock, and the folder when no other socket is left. */
export function removeSocket(socketDir: string, name: string): void {
  for (const file of [name, `${name}.lock`]) rmSync(join(socketDir, file), { force: true });
  const others = existsSync(socketDir) ? readdirSync(socketDir) : ["gone already"];
  if (others.length === 0) rmdirSync(socketDir);
}
