import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { createSandbox } from "../adapters/sandbox/sandbox.ts";
import type { Config } from "../config.ts";
import { isAtLeast } from "../domain/cell-level.ts";
import { type Finding, ok } from "./finding.ts";

const raises: readonly { readonly missing: string; readonly mend: string }[] = [
  {
    missing: "only root can give one",
    mend: "Run the workers and the broker as root, on a machine for this alone.",
  },
  { missing: "CELL_UID_COUNT is 0", mend: "Set CELL_UID_COUNT to 10000." },
  { missing: "umask", mend: "Start the product with umask 022." },
  {
    missing: "Control groups",
    mend: "Let this user make control groups for processes and memory: run as root, or delegate them.",
  },
  {
    missing: "user namespaces",
    mend: "Allow user namespaces: `npm run demo` prints the line for this system.",
  },
];

/** What cells on this host are worth, shown by real ones. */
export async function checkCells(config: Config): Promise<readonly Finding[]> {
  const dataDir = mkdtempSync(join(tmpdir(), "ff-doctor-"));
  const users = { base: config.CELL_UID_BASE, count: config.CELL_UID_COUNT };
  try {
    const bwrap = config.BUBBLEWRAP_PATH ?? null;
    return [judge(await createSandbox({ dataDir, users, bwrap }).level(), config)];
  } finally {
    rmSync(dataDir, { recursive: true, force: true });
  }
}

function judge(
  { level, missing }: Awaited<ReturnType<ReturnType<typeof createSandbox>["level"]>>,
  { MIN_CELL_LEVEL: least, UNSAFE_NO_SANDBOX: unsafe }: Config,
): Finding {
  const name = "cells";
  const says = [`level ${level}`, ...missing].join(". ").replaceAll("..", ".");
  const isEnough = isAtLeast(level, least);
  if (isEnough && missing.length === 0) return ok(name, says);
  const mends = raises.filter((one) => missing.some((reason) => reason.includes(one.missing)));
  const mend = mends.map((one) => one.mend).join(" ") || "See docs/SECURITY.md.";
  if (isEnough) return { name, state: "warning", says, mend };
  if (level === "none" && unsafe !== undefined && least === "C") {
    const cost = "UNSAFE_NO_SANDBOX is set: AGENTS RUN AS ORDINARY PROGRAMS OF THIS HOST.";
    return { name, state: "error", says: `${cost} ${says}`, mend };
  }
  return { name, state: "error", says: `${says} MIN_CELL_LEVEL asks for ${least}.`, mend };
}
