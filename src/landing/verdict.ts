import type { EpicView } from "../domain/epic-view.ts";
import { PortError } from "../lib/port-error.ts";
import type { LandingPorts } from "./land-epic.ts";

/** A repository that says how it is tested is tested that way; one that does not needs the setting. */
const maxManifestBytes = 200_000;

/**
 * Verifies a tree in a cell, once: a tree that passed or failed is not run again.
 *
 * @returns null where nothing says how this repository is verified: then nothing may land
 */
export async function verdictOf(
  view: EpicView,
  { tip, tree }: { readonly tip: string; readonly tree: string },
  ports: LandingPorts,
): Promise<{ readonly passed: boolean; readonly output: string } | null> {
  const { git, sandbox, store, settings } = ports;
  const { repository } = view.epic;
  const command =
    view.epic.verifyCommand ?? settings.verifyCommand ?? (await detectVerify(view, tip, ports));
  if (command === null) return null;
  const known = await store.verdicts.find(tree, command);
  if (known) return known;
  const { mirror } = git.worktree(repository, "verify");
  const result = await sandbox.verify(mirror, tree, command, {
    timeoutMs: settings.verifyTimeoutMs,
    maxOutputBytes: settings.verifyOutputBytes,
  });
  const verdict = {
    passed: result.exitCode === 0,
    output: result.timedOut
      ? `${command} was ended after ${settings.verifyTimeoutMs} ms.\n${result.output}`
      : result.output,
  };
  // A command that was cut off says nothing about the tree for good.
  if (!result.timedOut) await store.verdicts.keep({ tree, command, ...verdict });
  return verdict;
}

/**
 * The test script of package.json (Q3a); null where nothing says how. The script itself is run, with
 * its dependencies' programs first on PATH: a cell has node, but not always a package manager.
 */
async function detectVerify(
  view: EpicView,
  sha: string,
  { git }: LandingPorts,
): Promise<string | null> {
  const manifest = await git.readFile(view.epic.repository, {
    sha,
    path: "package.json",
    maxBytes: maxManifestBytes,
  });
  const script = manifest === null ? null : testScript(manifest);
  return script === null ? null : `PATH="$PWD/node_modules/.bin:$PATH"; ${script}`;
}

function testScript(manifest: string): string | null {
  try {
    const parsed: unknown = JSON.parse(manifest);
    if (typeof parsed !== "object" || parsed === null || !("scripts" in parsed)) return null;
    const { scripts } = parsed;
    if (typeof scripts !== "object" || scripts === null || !("test" in scripts)) return null;
    return typeof scripts.test === "string" ? scripts.test : null;
  } catch (cause) {
    throw new PortError("git", "package.json of the epic branch is not JSON", {
      retryable: false,
      cause,
    });
  }
}
