import type { Logger } from "pino";
import { type CellLevel, isAtLeast } from "../src/domain/cell-level.ts";
import { endOrphans } from "../src/host/end-orphans.ts";
import type { HostPorts } from "../src/host/host-ports.ts";
import type { Sandbox } from "../src/ports/host.ts";

/**
 * Looks what this host's cells are worth, and logs it. Never lowered silently (S5).
 *
 * @returns why agents may not run here; null where they may
 */
export async function probeCells(
  sandbox: Pick<Sandbox, "level">,
  least: CellLevel,
  log: Logger,
): Promise<string | null> {
  const { level, missing } = await sandbox.level();
  log.info({ level, least, missing }, "cells.probed");
  if (isAtLeast(level, least)) return null;
  const wanted = `This host locks agents in at level ${level}, and MIN_CELL_LEVEL asks for ${least}.`;
  return `${wanted} ${missing.join(" ")} \`npm run doctor\` tells what would raise it.`;
}

/** What a killed product left behind, so that it neither runs on nor holds what it had. */
export async function endLeftCells(ports: HostPorts, log: Logger): Promise<void> {
  const ended = await endOrphans(ports);
  if (ended.length > 0) log.warn({ cells: ended }, "cells.orphansEnded");
}
