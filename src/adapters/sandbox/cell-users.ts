import {
  chownSync,
  lchownSync,
  lstatSync,
  mkdirSync,
  readdirSync,
  readlinkSync,
  renameSync,
  symlinkSync,
  unlinkSync,
} from "node:fs";
import path from "node:path";
import { shortId } from "../../lib/ids.ts";
import { PortError } from "../../lib/port-error.ts";
import { isPresent, presenceIn } from "./presence.ts";

// One user id per cell, where the host is root. Whatever a cell may write belongs to its user, so
// the owner of a work tree says as whom its cells run, and nothing of it ever changes hands. A
// folder of this host keeps the numbers apart that are in use: one link per number, to what uses it,
// a folder or, for a while, a process.

export type CellUserOptions = {
  /** The first number of the range; nobody else on this host may have one of it. */
  readonly base: number;
  readonly count: number;
  /** Shared by every product on this host; made when missing, 0700. */
  readonly registry: string;
};

export type CellUsers = {
  /**
   * The user whose the folder is. One of the host's own is given to a free user, with all in it;
   * null where that is not wanted.
   */
  readonly ownerOf: (folder: string, isNewGiven: boolean) => number | null;
  /** Gives a folder of the host's own to a user. */
  readonly handOver: (folder: string, user: number) => void;
  /** A free user, until `release` or the end of this process. */
  readonly borrow: () => number;
  readonly release: (user: number) => void;
  /** Forgets the numbers of what is gone. */
  readonly sweep: () => void;
};

/** @throws {PortError} `sandbox`, from every member, when no number of the range is free */
export function createCellUsers({ base, count, registry }: CellUserOptions): CellUsers {
  const hostUser = process.getuid?.();
  const placeOf = (user: number): string => path.join(registry, String(user));
  const processes = `${registry}-processes`;
  const forgetIfUnused = (link: string, user: number): void =>
    forgetIfGone(link, (place) => isInUse(place, { user, processes }));

  const claim = (holder: string): number => {
    mkdirSync(registry, { recursive: true, mode: 0o700 });
    const first = Math.floor(Math.random() * count);
    for (let offset = 0; offset < count; offset += 1) {
      const user = base + ((first + offset) % count);
      forgetIfUnused(placeOf(user), user);
      if (linkIfFree(holder, placeOf(user))) return user;
    }
    const message = `none of the ${count} cell users from ${base} on is free: raise CELL_UID_COUNT`;
    throw new PortError("sandbox", message, { retryable: true });
  };
  const borrow = (): number => claim(path.join(processes, presenceIn(processes)));

  return {
    ownerOf: (folder, isNewGiven) => {
      const owner = lstatSync(folder, { throwIfNoEntry: false })?.uid;
      // A folder that is not there is the cell's to miss.
      if (owner === undefined) return null;
      if (owner !== hostUser) return owner;
      if (!isNewGiven) return null;
      const user = borrow();
      handOver(folder, user);
      replaceLink(folder, placeOf(user));
      return user;
    },
    handOver: (folder, user) => {
      if (lstatSync(folder).uid !== user) handOver(folder, user);
    },
    borrow,
    release: (user) => removeLink(placeOf(user)),
    sweep: () => {
      mkdirSync(registry, { recursive: true, mode: 0o700 });
      for (const name of readdirSync(registry))
        forgetIfUnused(path.join(registry, name), Number(name.split(".")[0]));
    },
  };
}

/** Of a tree in which nothing lives: links are given, never followed. The root comes last. */
function handOver(folder: string, user: number): void {
  for (const entry of readdirSync(folder, { withFileTypes: true })) {
    const inside = path.join(folder, entry.name);
    if (entry.isDirectory()) handOver(inside, user);
    // The pointer to git's folder stays the host's, as that folder does.
    else if (entry.name !== ".git") lchownSync(inside, user, user);
  }
  chownSync(folder, user, user);
}

function linkIfFree(target: string, link: string): boolean {
  try {
    symlinkSync(target, link);
    return true;
  } catch (error) {
    if (error instanceof Error && "code" in error && error.code === "EEXIST") return false;
    throw error;
  }
}

function replaceLink(target: string, link: string): void {
  const draft = `${link}.${shortId()}`;
  symlinkSync(target, draft);
  renameSync(draft, link);
}

/** Moved aside first: of two processes that find the same number unused, one removes it. */
function forgetIfGone(link: string, isUsed: (link: string) => boolean): void {
  if (isUsed(link)) return;
  const aside = `${link}.${shortId()}`;
  // Nobody had that number, or another process was faster.
  if (orMissing(() => renameSync(link, aside)) === MISSING) return;
  // In between it may have become somebody's again.
  if (isUsed(aside)) renameSync(aside, link);
  else removeLink(aside);
}

function isInUse(
  link: string,
  { user, processes }: { readonly user: number; readonly processes: string },
): boolean {
  const target = orMissing(() => readlinkSync(link));
  if (target === MISSING) return false;
  if (path.dirname(target) === processes) return isPresent(processes, path.basename(target));
  return lstatSync(target, { throwIfNoEntry: false })?.uid === user;
}

function removeLink(link: string): void {
  orMissing(() => unlinkSync(link));
}

const MISSING = Symbol("missing");

/** What is not there is for whoever asks; what else goes wrong is thrown. */
function orMissing<Result>(work: () => Result): Result | typeof MISSING {
  try {
    return work();
  } catch (error) {
    if (error instanceof Error && "code" in error && error.code === "ENOENT") return MISSING;
    throw error;
  }
}
