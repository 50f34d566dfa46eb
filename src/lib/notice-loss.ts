import { statfs } from "node:fs/promises";
import type { Clock } from "./clock.ts";

/** What somebody may take of a disk. */
export type DiskShare = { readonly bytes: number; readonly files: number };

/** This part of a share, gone from the disk, is worth a look at who took it. */
const partWorthALook = 1 / 16;
const looksAnywayMs = 60_000;

/**
 * Measuring a folder costs; asking a disk what is free does not. So a folder is measured only when
 * the disk has lost a part of what somebody may take, or after a while.
 *
 * @param folder on the disk
 * @returns one look: whether measuring is worth it now
 */
export function createLossWatch(
  folder: string,
  share: DiskShare,
  clock: Clock,
): () => Promise<boolean> {
  let last: { readonly free: DiskShare; readonly atMs: number } | null = null;
  return async () => {
    const { bavail, bsize, ffree } = await statfs(folder);
    const free = { bytes: bavail * bsize, files: ffree };
    const nowMs = clock.nowMs();
    const isDue =
      last === null ||
      nowMs - last.atMs >= looksAnywayMs ||
      last.free.bytes - free.bytes >= share.bytes * partWorthALook ||
      last.free.files - free.files >= share.files * partWorthALook;
    // Space that others gave back must not hide what is taken next.
    if (isDue) last = { free, atMs: nowMs };
    else if (last) last = { ...last, free: larger(last.free, free) };
    return isDue;
  };
}

function larger(one: DiskShare, other: DiskShare): DiskShare {
  return { bytes: Math.max(one.bytes, other.bytes), files: Math.max(one.files, other.files) };
}
