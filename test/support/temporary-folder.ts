import { mkdirSync } from "node:fs";
import { join } from "node:path";
import { inject } from "vitest";
import { shortId } from "../../src/lib/ids.ts";

/** A new folder of this run, removed with it; short enough for sockets inside. */
export function temporaryFolder(): string {
  const folder = join(inject("runFolder"), shortId(6));
  mkdirSync(folder, { mode: 0o711 });
  return folder;
}
