import path from "node:path";
import { shortId } from "../../../lib/ids.ts";
import type { SetupPath, SetupRequest } from "../../../ports/dependencies.ts";
import type { CellResult } from "../../../ports/host.ts";
import type { SealedContents } from "../cell-argv.ts";
import { CELL_PATHS } from "../cell-argv.ts";
import type { CellLimits } from "../cell-limits.ts";
import { gitEnvironment } from "../git-environment.ts";
import type { RunCell } from "../launcher.ts";
import { runBounded } from "../run-bounded.ts";
import { requireSuccess, script } from "../worktree-cells.ts";
import { SHARED_DEPENDENCIES } from "./lent-argv.ts";
import { setupEnvironment, withRegistries } from "./setup-environment.ts";

export type SetupLimits = {
  readonly timeoutMs: number;
  readonly maxOutputBytes: number;
  /** Whether packages may run programs of theirs while they are installed. */
  readonly scripts: boolean;
};

/** What a setup left behind, as its last cell says. */
export type Kept = {
  readonly kind: "kept";
  readonly bytes: number;
  readonly files: number;
  readonly paths: readonly SetupPath[];
};

type NotKept =
  | { readonly kind: "refused"; readonly reason: string }
  | { readonly kind: "weather"; readonly reason: string };

const WORK = path.dirname(CELL_PATHS.verify);
const OUTPUT_BYTES = 16_384;
const MOST_PATHS = 2_000;
const LONGEST_PATH = 1_000;
const LIST_BYTES = MOST_PATHS * (LONGEST_PATH + 1);
const LAST_WORDS = 600;
const KIBIBYTE = 1024;
const TRY_AGAIN = 75; // The registries program's word for trouble that is not the tree's.

/**
 * Fills a fresh folder with a tree and runs the setup command in it.
 *
 * @param making the folder, with `tree`, `shared` and `scratch` in it
 */
export async function runSetup(
  runCell: RunCell,
  limits: { readonly cell: CellLimits; readonly setup: SetupLimits },
  {
    making,
    request,
    brokerDir,
  }: {
    readonly making: string;
    readonly request: SetupRequest;
    readonly brokerDir: string;
  },
): Promise<CellResult> {
  const { mirror, tree, command } = request;
  const fill = await runCell(
    `fill-${shortId()}`,
    wholeCell(making, mirror),
    ["/bin/sh", script("checkout"), tree],
    { timeoutMs: limits.cell.gitTimeoutMs, maxOutputBytes: OUTPUT_BYTES },
  );
  requireSuccess(fill, `checking ${tree} out for setup`);
  const argv = withRegistries(["/bin/sh", "-c", command]);
  const environment = setupEnvironment(limits.setup.scripts);
  const cell = { ...setupCell(making, environment), brokerDir, withHarness: true };
  const { timeoutMs, maxOutputBytes } = limits.setup;
  return await runBounded(runCell, limits.cell, {
    ...{ id: `setup-${shortId()}`, contents: cell, argv },
    limits: { timeoutMs, maxOutputBytes },
    folders: [path.join(making, "tree"), path.join(making, "shared"), path.join(making, "scratch")],
  });
}

/** Why a setup says nothing about its tree; null when it does. */
export function setupTrouble(result: CellResult): string | null {
  const { exitCode, timedOut, wroteTooMuch } = result;
  if (wroteTooMuch !== undefined) return null;
  const last = lastWords(result);
  if (exitCode === TRY_AGAIN) return `package registries were in trouble: ${last}`;
  if (!timedOut && exitCode === null) return `its cell was killed or could not be made: ${last}`;
  return null;
}

/**
 * Keeps what setup made beside the tree's own files, and removes the rest.
 *
 * @returns what was kept; or why nothing can be, which is the tree's own fault, or this host's
 */
export async function keepSetup(
  runCell: RunCell,
  limits: CellLimits,
  {
    making,
    mirror,
    tree,
  }: {
    readonly making: string;
    readonly mirror: string;
    readonly tree: string;
  },
): Promise<Kept | NotKept> {
  const cell = { ...wholeCell(making, mirror), workingDirectory: WORK };
  const argv = ["/bin/sh", script("keep"), tree, String(MOST_PATHS)];
  const result = await runCell(`keep-${shortId()}`, cell, argv, {
    timeoutMs: limits.gitTimeoutMs,
    maxOutputBytes: LIST_BYTES,
  });
  const trouble = setupTrouble(result);
  if (trouble !== null) return { kind: "weather", reason: trouble };
  const refused = whyRefused(result, limits);
  if (refused !== null) return { kind: "refused", reason: refused };
  const [sizes = "", ...names] = result.stdout.toString("utf8").split("\0").filter(Boolean);
  const [kibibytes = 0, files = 0] = sizes.split(" ").map(Number);
  return { kind: "kept", bytes: kibibytes * KIBIBYTE, files, paths: names.map(pathOf) };
}

function whyRefused(result: CellResult, { gitTimeoutMs }: CellLimits): string | null {
  if (result.timedOut) return `what it made could not be kept within ${gitTimeoutMs} ms`;
  if (result.exitCode !== 0) return lastWords(result);
  // What is not whole cannot be believed.
  if (result.stdout.length >= LIST_BYTES) return "the paths of what setup made are too long";
  return null;
}

function lastWords({ output }: CellResult): string {
  return output.trim().slice(-LAST_WORDS);
}

/** Why what setup made cannot be handed out; null when it can. */
export function whyNotKept(
  { paths, bytes }: Kept,
  { maxBytes }: { readonly maxBytes: number },
): string | null {
  const bad = paths.find(({ path: name }) => !isPlain(name));
  if (bad !== undefined) return `setup made ${JSON.stringify(bad.path)}`;
  return bytes <= maxBytes ? null : `what it made has ${bytes} bytes, ${maxBytes} is the most`;
}

/** As a mount, and an argument, can take it. */
function isPlain(name: string): boolean {
  const parts = name.split("/");
  const ok = parts.every((part) => part !== "" && part !== "." && part !== ".." && part !== ".git");
  return (
    ok && !/[\p{Cc}\ufffd]/u.test(name) && !name.startsWith("-") && name.length <= LONGEST_PATH
  );
}

function pathOf(name: string): SetupPath {
  const isFolder = name.endsWith("/");
  return { path: isFolder ? name.slice(0, -1) : name, isFolder };
}

/** For what the product does before and after; whose it is, all cells of this setup are. */
function wholeCell(making: string, mirror: string): SealedContents {
  return {
    ...sealed(gitEnvironment(mirror, CELL_PATHS.verify)),
    mirror,
    writable: [{ from: making, to: WORK }],
  };
}

/**
 * For what the tree says: each folder by itself. Nothing beside them can be made, or put in their
 * place, for whoever keeps and hands out what is there afterwards.
 */
function setupCell(making: string, environment: Readonly<Record<string, string>>): SealedContents {
  const writable = [
    { from: path.join(making, "tree"), to: CELL_PATHS.verify },
    { from: path.join(making, "shared"), to: SHARED_DEPENDENCIES },
    { from: path.join(making, "scratch"), to: path.join(WORK, "scratch") },
  ];
  return { ...sealed(environment), writable };
}

function sealed(environment: Readonly<Record<string, string>>): SealedContents {
  return {
    worktree: null,
    mirror: null,
    brokerDir: null,
    writable: [],
    withHarness: false,
    environment,
    workingDirectory: CELL_PATHS.verify,
  };
}
