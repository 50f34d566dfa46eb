import type { HostPorts } from "./host-ports.ts";

/**
 * Ends the cells that a killed product left on this host and that no life and no session stands
 * for. Once at start: from then on every cell ends with what it was made for.
 *
 * @returns their names
 */
export async function endOrphans({
  store,
  terminal,
  sandbox,
  settings,
}: HostPorts): Promise<readonly string[]> {
  return await sandbox.endOrphans(async () => {
    const lives = await store.lives.onHost(settings.hostName);
    const sessions = await terminal.list();
    return new Set([...lives, ...sessions].map(({ name }) => name));
  });
}
