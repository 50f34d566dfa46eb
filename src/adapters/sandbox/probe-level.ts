import { shortId } from "../../lib/ids.ts";
import type { Sandbox } from "../../ports/host.ts";
import type { CellHost } from "./launch-cell.ts";
import type { Launcher, RunCell } from "./launcher.ts";

const PROBE_TIMEOUT_MS = 10_000;

// Succeeds only where the cell holds: no capability, no further user namespace, no network device
// but the loopback, a system and kernel settings that cannot be written (opening for writing tells);
// and where the product's own files can be read in it.
const PROBE = [
  'grep -q "^CapEff:[[:space:]]*0*$" /proc/self/status || { echo "capabilities"; exit 1; }',
  'unshare --user true 2>/dev/null && { echo "inner user namespaces"; exit 1; }',
  'test "$(grep -c : /proc/net/dev)" = 1 || { echo "a network device"; exit 1; }',
  'touch /usr/probe 2>/dev/null && { echo "a writable system"; exit 1; }',
  'true 2>/dev/null >>/proc/sys/kernel/core_pattern && { echo "kernel settings"; exit 1; }',
  'node --version >/dev/null || { echo "the product\'s Node.js cannot be run"; exit 1; }',
  'cat /opt/factory/package.json >/dev/null || { echo "the product\'s files cannot be read"; exit 1; }',
  "exit 0",
].join("\n");

/**
 * Runs cells that try to break out, the best kind first, and says what this host gives. What it
 * finds holds for the cells from then on.
 */
export async function probeLevel(host: CellHost, launcher: Launcher): ReturnType<Sandbox["level"]> {
  if (launcher.withoutUsers() === null) {
    const refusal = await probe(launcher.runCell);
    if (refusal === null) return withUsers(host);
    launcher.giveUpUsers(`An own user per cell does not work here: ${refusal}`);
  }
  const refusal = await probe(launcher.runCell);
  // Twice: a host that makes cells is not to do without for one that failed.
  if (refusal !== null && (await probe(launcher.runCell)) !== null) {
    launcher.giveUpCells();
    return { level: "none", missing: [whyNone(refusal)] };
  }
  const why = launcher.withoutUsers();
  return { level: "C", missing: [...(why === null ? [] : [why]), ...lessThanWhole(host)] };
}

function withUsers(host: CellHost): Awaited<ReturnType<Sandbox["level"]>> {
  return { level: host.cgroups === null ? "B" : "A", missing: lessThanWhole(host) };
}

/** @returns what the cell said, where it does not hold */
async function probe(runCell: RunCell): Promise<string | null> {
  const contents = {
    worktree: null,
    mirror: null,
    brokerDir: null,
    writable: [],
    withHarness: true,
    environment: {},
    workingDirectory: "/tmp",
  };
  const argv = ["/bin/sh", "-c", PROBE];
  const result = await runCell(`probe-${shortId()}`, contents, argv, {
    timeoutMs: PROBE_TIMEOUT_MS,
    maxOutputBytes: 4_096,
  });
  return result.exitCode === 0 ? null : result.output.trim().slice(-400) || "no output";
}

function whyNone(said: string): string {
  const hint = /permission denied|operation not permitted|setting up uid map/i.test(said)
    ? " This kernel or its AppArmor keeps unprivileged user namespaces from bubblewrap; `npm run demo` prints the rule that allows them."
    : "";
  return `A cell cannot be made or does not hold: ${said}.${hint}`;
}

function lessThanWhole({ cgroups, layout, filter }: CellHost): readonly string[] {
  const groups = layout.isRoot
    ? "Control groups: memory is bounded per process only, and processes are not bounded for root."
    : "Control groups: memory is bounded per process only.";
  const calls = `A filter of system calls: the numbers of ${process.arch} are not known.`;
  return [...(cgroups === null ? [groups] : []), ...(filter === null ? [calls] : [])];
}
