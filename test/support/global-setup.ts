import type { TestProject } from "vitest/node";
import { makeRunFolder, removeRunFolder } from "./run-folder.ts";

/** Called once per run by vitest; the servers themselves start with the first test that needs them. */
export async function setup(project: TestProject): Promise<() => Promise<void>> {
  const folder = await makeRunFolder();
  project.provide("runFolder", folder);
  return () => removeRunFolder(folder);
}
