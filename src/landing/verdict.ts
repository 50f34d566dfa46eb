import type { Provided } from "../dependencies/dependencies.ts";
import type { EpicView } from "../domain/epic-view.ts";
import { PortError } from "../lib/port-error.ts";
import type { LandingPorts } from "./landing-ports.ts";

/** A repository that says how it is tested is tested that way; one that does not needs the setting. */
const maxManifestBytes = 200_000;
const lastWordsLength = 300;

/** From here on, a shell's exit code names the signal that ended its command. */
const firstSignalCode = 128;

export type Waits = { readonly kind: "waits" } & Pick<
  Extract<Provided, { readonly kind: "weather" }>,
  "reason" | "tries" | "retryInMs" | "isNew"
>;

export type Verdict =
  | { readonly kind: "passed" }
  | { readonly kind: "failed"; readonly output: string }
  /** It was killed, or never began: that says nothing about the tree. */
  | { readonly kind: "cutOff"; readonly reason: string }
  /** Its dependencies are not there, for reasons of the registries or this host. */
  | Waits
  /** Nothing says how this repository is verified: then nothing may land. */
  | { readonly kind: "noCommand" };

/** Verifies a tree in a cell, once: a tree that passed or failed is not run again. */
export async function verdictOf(
  view: EpicView,
  { tip, tree, task }: { readonly tip: string; readonly tree: string; readonly task: number },
  ports: LandingPorts,
): Promise<Verdict> {
  const { git, sandbox, store, settings } = ports;
  const { repository } = view.epic;
  const command =
    view.epic.verifyCommand ?? settings.verifyCommand ?? (await detectVerify(view, tip, ports));
  if (command === null) return { kind: "noCommand" };
  const setup = (await ports.dependencies?.keyOf(view, { sha: tree, task })) ?? null;
  const name = nameOf(command, setup);
  // First: nothing is installed for a verdict that is there.
  const known = await store.verdicts.find(tree, name);
  if (known) return known.passed ? { kind: "passed" } : { kind: "failed", output: known.output };
  const provided = (await ports.dependencies?.forTree(view, { sha: tree, task })) ?? NONE;
  if (provided.kind === "failed")
    return { kind: "failed", output: `The dependencies cannot be set up.\n${provided.output}` };
  // No agent can mend the host: a person is asked to.
  if (provided.kind === "refused")
    throw new PortError("sandbox", provided.reason, { retryable: false });
  if (provided.kind === "weather") return { ...provided, kind: "waits" };
  const dependencies = provided.kind === "ready" ? provided.set : null;
  const { mirror } = git.worktree(repository, "verify");
  const result = await sandbox.verify(mirror, tree, command, {
    timeoutMs: settings.verifyTimeoutMs,
    maxOutputBytes: settings.verifyOutputBytes,
    dependencies,
  });
  const { exitCode, timedOut, wroteTooMuch, output } = result;
  // Not kept: a slow host says nothing about the tree for good.
  if (timedOut)
    return {
      kind: "failed",
      output: `${command} was ended after ${settings.verifyTimeoutMs} ms.\n${output}`,
    };
  // Its own doing, unlike a cell that the host ended.
  if (wroteTooMuch !== undefined)
    return { kind: "failed", output: `${command} was ended: it ${wroteTooMuch}.\n${output}` };
  if (exitCode === null || exitCode >= firstSignalCode)
    return { kind: "cutOff", reason: whyCutOff(exitCode, output) };
  const passed = exitCode === 0;
  await store.verdicts.keep({ tree, command: name, passed, output });
  return passed ? { kind: "passed" } : { kind: "failed", output };
}

const NONE: Provided = { kind: "none" };

/** A verdict is about a tree, a command and what was installed for it. */
function nameOf(command: string, setup: string | null): string {
  return setup === null ? command : `${command}\n# with dependencies ${setup}`;
}

function whyCutOff(exitCode: number | null, output: string): string {
  const how =
    exitCode === null
      ? "its cell was killed or could not be made"
      : `it was killed by signal ${exitCode - firstSignalCode}`;
  const said = output.trim().slice(-lastWordsLength);
  return said === "" ? how : `${how}; it said last: ${said}`;
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
