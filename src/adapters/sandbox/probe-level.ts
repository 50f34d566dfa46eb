import { shortId } from "../../lib/ids.ts";
import type { Sandbox } from "../../ports/host.ts";
import type { Cgroups } from "./cgroup.ts";
import type { HostLayout } from "./host-layout.ts";
import type { RunCell } from "./sandbox.ts";

const PROBE_TIMEOUT_MS = 10_000;

// Succeeds only where the cell holds: no capability, no further user namespace, no network device
// but the loopback, a system and kernel settings that cannot be written (opening for writing tells).
const PROBE = [
  'grep -q "^CapEff:[[:space:]]*0*$" /proc/self/status || { echo "capabilities"; exit 1; }',
  'unshare --user true 2>/dev/null && { echo "inner user namespaces"; exit 1; }',
  'test "$(grep -c : /proc/net/dev)" = 1 || { echo "a network device"; exit 1; }',
  'touch /usr/probe 2>/dev/null && { echo "a writable system"; exit 1; }',
  'true 2>/dev/null >>/proc/sys/kernel/core_pattern && { echo "kernel settings"; exit 1; }',
  "exit 0",
].join("\n");

/** Runs a cell that tries to break out, and says what this host gives. */
export async function probeLevel(
  runCell: RunCell,
  layout: HostLayout,
  cgroups: Cgroups | null,
): ReturnType<Sandbox["level"]> {
  const contents = {
    worktree: null,
    mirror: null,
    brokerDir: null,
    writable: [],
    withHarness: false,
    environment: {},
    workingDirectory: "/tmp",
  };
  const argv = ["/bin/sh", "-c", PROBE];
  const result = await runCell(`probe-${shortId()}`, contents, argv, {
    timeoutMs: PROBE_TIMEOUT_MS,
    maxOutputBytes: 4_096,
  });
  if (result.exitCode !== 0) return { level: "none", missing: [whyNone(result.output)] };
  return { level: "C", missing: whatIsMissing(layout, cgroups) };
}

function whyNone(output: string): string {
  const said = output.trim().slice(-400) || "no output";
  const hint = /permission denied|operation not permitted|setting up uid map/i.test(said)
    ? " This kernel or its AppArmor keeps unprivileged user namespaces from bubblewrap; `npm run demo` prints the rule that allows them."
    : "";
  return `A cell cannot be made or does not hold: ${said}.${hint}`;
}

function whatIsMissing(layout: HostLayout, cgroups: Cgroups | null): readonly string[] {
  const users = "An own user per cell: all cells run as the user who started the product.";
  if (cgroups !== null) return [users];
  const groups = layout.isRoot
    ? "Control groups: memory is bounded per process only, and processes are not bounded for root."
    : "Control groups: memory is bounded per process only.";
  return [users, groups];
}
