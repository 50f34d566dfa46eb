import { randomUUID } from "node:crypto";
import { mkdir, readdir, rename, rm, stat } from "node:fs/promises";
import { join } from "node:path";
import { PortError } from "../../lib/port-error.ts";
import type { GitContext } from "./git-context.ts";
import { localFailure } from "./git-failure.ts";
import { ensureMirror, isMissing, type Mirror } from "./mirror.ts";

/**
 * Takes a pack that a cell made. It is unpacked and checked in a folder of its own and enters the
 * mirror only when every object in it is sound. Implements `Git.receivePack`.
 */
export async function receiveCellPack(
  context: GitContext,
  mirror: Mirror,
  pack: Uint8Array,
): Promise<void> {
  const { maxPackBytes } = context.limits;
  if (pack.length > maxPackBytes) {
    throw new PortError(
      "git",
      `the pack for ${mirror.name} has ${pack.length} bytes, more than maxPackBytes (${maxPackBytes})`,
      { retryable: false },
    );
  }
  // A cell whose files equal what the mirror has may hand over nothing at all.
  if (pack.length === 0) return;
  await ensureMirror(context.run, mirror);
  await removeLeftovers(context, mirror);
  const quarantine = join(mirror.scratch, `pack-${randomUUID()}`);
  try {
    await mkdir(join(quarantine, "pack"), { recursive: true });
    await indexPack(context, mirror, { pack, quarantine });
    await admit(join(quarantine, "pack"), join(mirror.gitDir, "objects", "pack"));
  } finally {
    await rm(quarantine, { recursive: true, force: true });
  }
}

async function indexPack(
  { run, limits }: GitContext,
  mirror: Mirror,
  { pack, quarantine }: { readonly pack: Uint8Array; readonly quarantine: string },
): Promise<void> {
  const outcome = await run(mirror.gitDir, {
    args: [
      "index-pack",
      "--stdin",
      "--fix-thin",
      // Git itself only mentions a mode that is none of its own.
      "--strict=badFilemode=error",
      "--fsck-objects",
      `--max-input-size=${limits.maxPackBytes}`,
    ],
    // Files that are not deltas stream through; nothing else may ask for more than one allocation's limit.
    config: { "core.bigFileThreshold": "16m", "pack.threads": "1" },
    env: {
      GIT_OBJECT_DIRECTORY: quarantine,
      GIT_ALTERNATE_OBJECT_DIRECTORIES: join(mirror.gitDir, "objects"),
      GIT_ALLOC_LIMIT: String(limits.maxObjectBytes),
    },
    stdin: pack,
  });
  if (outcome.exitCode !== 0) throw localFailure(`the pack for ${mirror.name}`, outcome);
}

/** The index comes last: without it git does not see the pack. */
async function admit(from: string, to: string): Promise<void> {
  const files = await readdir(from);
  const indexLast = files.sort((a, b) => Number(a.endsWith(".idx")) - Number(b.endsWith(".idx")));
  await mkdir(to, { recursive: true });
  for (const file of indexLast) await rename(join(from, file), join(to, file));
}

/** A killed process leaves its folder behind; none lives longer than the time limit of its command. */
async function removeLeftovers({ limits }: GitContext, mirror: Mirror): Promise<void> {
  for (const name of await readdir(mirror.scratch)) {
    const path = join(mirror.scratch, name);
    if ((await ageMs(path)) > 2 * limits.localTimeoutMs) {
      await rm(path, { recursive: true, force: true });
    }
  }
}

async function ageMs(path: string): Promise<number> {
  try {
    return Date.now() - (await stat(path)).mtimeMs;
  } catch (error) {
    if (isMissing(error)) return 0;
    throw error;
  }
}
