// The folder under which every cell has the product's Node.js and harness.
const PRODUCT = "/opt/factory";

// The runner waits for the network most of its life; a small heap leaves the cell's memory to tests.
const HEAP_MEBIBYTES = 512;

/** What a cell runs so that the built-in runner lives in it: for `Sandbox.wrap`. */
export const runnerArgv: readonly string[] = [
  `${PRODUCT}/bin/node`,
  `--max-old-space-size=${HEAP_MEBIBYTES}`,
  `${PRODUCT}/harness/main.js`,
];

/**
 * The same for Claude Code under the product's wrapper.
 *
 * @param program where Claude Code is, in the cell as on the host; null: the host has none, which
 *   the life then says and ends
 */
export function claudeCodeArgv(program: string | null): readonly string[] {
  return [...runnerArgv, "--claude-code", program ?? ""];
}
