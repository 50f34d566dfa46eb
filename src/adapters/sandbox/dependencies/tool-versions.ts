import { shortId } from "../../../lib/ids.ts";
import type { RunCell } from "../launcher.ts";

const TIMEOUT_MS = 30_000;
const OUTPUT_BYTES = 16_384;
// One line a tool: what it says first, or that it is not there.
const ASK = `for tool in "$@"; do
  case $tool in go) how=version ;; *) how=--version ;; esac
  echo "$tool $("$tool" $how 2>&1 </dev/null | head -n 1)"
done`;

/** What the tools of a cell say about their versions. */
export async function toolVersions(
  runCell: RunCell,
  tools: readonly string[],
): Promise<readonly string[]> {
  const contents = {
    worktree: null,
    mirror: null,
    brokerDir: null,
    writable: [],
    withHarness: false,
    environment: {},
    workingDirectory: "/tmp",
  };
  const argv = ["/bin/sh", "-c", ASK, "sh", ...tools];
  const result = await runCell(`versions-${shortId()}`, contents, argv, {
    timeoutMs: TIMEOUT_MS,
    maxOutputBytes: OUTPUT_BYTES,
  });
  return result.output.trim().split("\n");
}
