import type { Logger } from "pino";
import { type CellLevel, isAtLeast } from "../src/domain/cell-level.ts";
import { endOrphans } from "../src/host/end-orphans.ts";
import type { HostPorts } from "../src/host/host-ports.ts";
import type { Sandbox } from "../src/ports/host.ts";
import { noCellsBanner } from "../src/text/say-cells.ts";

/** What the operator asks of a host's cells. */
export type CellWish = {
  readonly least: CellLevel;
  /** Whether agents may run without a cell where none can be made. */
  readonly withoutCells: boolean;
};

/** Where agents may run without cells it is level `none`, otherwise one that is good enough. */
type Probed =
  | { readonly kind: "runs"; readonly level: CellLevel }
  | { readonly kind: "refuses"; readonly why: string };

/** Looks what this host's cells are worth, and logs it. Never lowered silently (S5). */
export async function probeCells(
  sandbox: Pick<Sandbox, "level">,
  { least, withoutCells }: CellWish,
  log: Logger,
): Promise<Probed> {
  const { level, missing } = await sandbox.level();
  log.info({ level, least, missing }, "cells.probed");
  if (isAtLeast(level, least)) return { kind: "runs", level };
  // Who asks for more than the default does not mean this.
  if (level === "none" && withoutCells && least === "C") {
    log.error({ level, missing, setting: "UNSAFE_NO_SANDBOX", means: noCellsBanner }, "cells.none");
    return { kind: "runs", level };
  }
  const wanted = `This host locks agents in at level ${level}, and MIN_CELL_LEVEL asks for ${least}.`;
  const why = `${wanted} ${missing.join(" ")} \`npm run doctor\` tells what would raise it.`;
  return { kind: "refuses", why };
}

/** What a killed product left behind, so that it neither runs on nor holds what it had. */
export async function endLeftCells(ports: HostPorts, log: Logger): Promise<void> {
  const ended = await endOrphans(ports);
  if (ended.length > 0) log.warn({ cells: ended }, "cells.orphansEnded");
}
