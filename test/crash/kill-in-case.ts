import type { CaseSpec } from "./case-spec.ts";
import { dyingChild, finishChild } from "./run-child.ts";
import type { CrashCase } from "./staged.ts";
import { openWorld } from "./world.ts";

/** Kills a process at a point of a case and lets another finish. @returns what is wrong then */
export async function killInCase(
  one: CrashCase,
  death: NonNullable<CaseSpec["death"]>,
  server: { readonly url: string; readonly folder: string },
): Promise<readonly string[]> {
  const world = await openWorld(server.url, server.folder);
  try {
    const { epicId, lane, problems } = await one.stage(world);
    const spec = { ...world.spec, epicId, lane };
    await dyingChild({ ...spec, death }, world.folder);
    await finishChild({ ...spec, death: null }, world.folder);
    return await problems();
  } catch (error) {
    return [error instanceof Error ? error.message : String(error)];
  } finally {
    await world.close();
  }
}
