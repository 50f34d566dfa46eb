import { createHash } from "node:crypto";
import { lstat, mkdir, rm } from "node:fs/promises";
import path from "node:path";
import { shortId } from "../../../lib/ids.ts";
import type { SetupRequest, SetupResult } from "../../../ports/dependencies.ts";
import { CELL_FOLDERS } from "../cell-folders.ts";
import type { CellLimits } from "../cell-limits.ts";
import { emptyFolder } from "../empty-folder.ts";
import type { RunCell } from "../launcher.ts";
import { type OnStuck, removeOrNote } from "../stuck-folders.ts";
import type { SetLimits } from "./set-limits.ts";
import { locked } from "./set-lock.ts";
import { type Notes, noteOf, writeNote } from "./set-notes.ts";
import { keepSetup, runSetup, setupTrouble, whyNotKept } from "./setup-cell.ts";
import { sweepSets } from "./sweep-sets.ts";
import { toolVersions } from "./tool-versions.ts";

// The sets of dependencies of this host. A set is a folder and a note that names it. Failures are
// noted, too, so that a broken lock file is not tried at every start.

export type SetsOptions = {
  readonly root: string;
  readonly runCell: RunCell;
  readonly limits: { readonly cell: CellLimits; readonly sets: SetLimits };
  readonly onStuck: OnStuck;
};

/** A setup's own limit, and what comes before and after it. */
const LOCK_GRACE_MS = 600_000;

type DependencySets = {
  /** What a request's set is called on this host. */
  readonly keyOf: (request: SetupRequest) => Promise<string>;
  /** Gives the set that a request asks for, making it when there is none. */
  readonly provide: (request: SetupRequest) => Promise<SetupResult>;
  /** What is known about a request; null: it is to be made. */
  readonly known: (request: SetupRequest) => Promise<SetupResult | null>;
};

/** The sets of one host; who asks for the same at once waits for the first. */
export function createDependencySets(options: SetsOptions): DependencySets {
  const running = new Map<string, Promise<SetupResult>>();
  return {
    keyOf: (request) => keyOf(options, request),
    known: async (request) => await noteOf(notesOf(options), await keyOf(options, request)),
    provide: async (request) => {
      const key = await keyOf(options, request);
      const known = running.get(key);
      if (known !== undefined) return await known;
      const started = provide(options, key, request).finally(() => running.delete(key));
      running.set(key, started);
      return await started;
    },
  };
}

async function keyOf({ runCell }: SetsOptions, request: SetupRequest): Promise<string> {
  const versions = await toolVersions(runCell, request.tools);
  const inputs = [...request.inputs, request.command, ...versions, process.platform, process.arch];
  return createHash("sha256").update(JSON.stringify(inputs)).digest("hex").slice(0, 40);
}

async function provide(
  options: SetsOptions,
  key: string,
  request: SetupRequest,
): Promise<SetupResult> {
  const { root, limits } = options;
  const notes = notesOf(options);
  await mkdir(notes.folder, { recursive: true, mode: 0o700 });
  const known = await noteOf(notes, key);
  if (known !== null) return known;
  return await locked({ root, limitMs: limits.sets.timeoutMs + LOCK_GRACE_MS }, key, async () => {
    // Another process may have made it while this one waited.
    const made = await noteOf(notes, key);
    if (made !== null) return made;
    const { onStuck } = options;
    await sweepSets({
      ...limits.sets,
      root,
      notes,
      onStuck,
      discard: (it) => discard(options, it),
    });
    return await make(options, key, request);
  });
}

async function make(
  options: SetsOptions,
  key: string,
  request: SetupRequest,
): Promise<SetupResult> {
  const notes = notesOf(options);
  const making = path.join(notes.folder, `${key}-${shortId()}`);
  let result: SetupResult | null = null;
  try {
    result = await makeIn(making, options, { key, request });
    // The note comes last, so that half a set is never found.
    if (result.kind === "ready" || result.kind === "failed") await writeNote(notes, key, result);
    return result;
  } finally {
    if (result?.kind !== "ready")
      await removeOrNote(
        { folder: making, bytes: 0 },
        (folder) => discard(options, folder),
        options.onStuck,
      );
  }
}

async function makeIn(
  making: string,
  options: SetsOptions,
  { key, request }: { readonly key: string; readonly request: SetupRequest },
): Promise<SetupResult> {
  const { runCell, limits } = options;
  const { command } = request;
  await mkdir(making, { mode: 0o755 });
  for (const name of ["tree", "shared", "scratch"]) await mkdir(path.join(making, name));
  const result = await inSetup(options, making, request);
  const trouble = setupTrouble(result);
  if (trouble !== null) return { kind: "weather", reason: trouble };
  if (result.timedOut || result.exitCode !== 0) {
    const late = result.timedOut ? `\nit was ended after ${limits.sets.timeoutMs} ms` : "";
    const large = result.wroteTooMuch === undefined ? "" : `\nit ${result.wroteTooMuch}`;
    return { kind: "failed", output: `${command}\n${result.output}${late}${large}` };
  }
  const made = await keepSetup(runCell, limits.cell, { making, ...request });
  if (made.kind === "weather") return made;
  const why = made.kind === "refused" ? made.reason : whyNotKept(made, limits.sets);
  if (made.kind === "refused" || why !== null)
    return { kind: "failed", output: `${command}\n${why}` };
  const { uid: owner } = await lstat(making);
  const { bytes, files, paths } = made;
  return {
    kind: "ready",
    set: { key, dir: path.join(making, "kept"), owner, bytes, files, paths },
  };
}

async function inSetup(options: SetsOptions, making: string, request: SetupRequest) {
  const { limits, runCell } = options;
  const name = `setup-${process.pid}-${shortId()}`;
  const forMs = limits.sets.timeoutMs + limits.cell.gitTimeoutMs;
  const { dir: brokerDir } = await request.openRegistries(name, forMs);
  try {
    const bounds = { cell: limits.cell, setup: limits.sets };
    return await runSetup(runCell, bounds, { making, request, brokerDir });
  } finally {
    await request.closeRegistries(name);
  }
}

function notesOf({ root, limits }: SetsOptions): Notes {
  return {
    folder: path.join(root, CELL_FOLDERS.dependencies.sets),
    failedMs: limits.sets.failedMs,
  };
}

async function discard({ runCell, limits }: SetsOptions, folder: string): Promise<void> {
  await emptyFolder(runCell, limits.cell, folder);
  await rm(folder, { recursive: true, force: true });
}
