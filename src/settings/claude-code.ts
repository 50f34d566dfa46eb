import { count, text } from "./shapes.ts";

/** The second harness: a program of its own, brought by whoever runs the host. */
export const claudeCode = {
  CLAUDE_CODE_PATH: text
    .optional()
    .describe("Program of Claude Code; looked for in DATA_DIR/tools, then on PATH, without it"),
  MAX_SESSION_NOTES: count(500, 100_000).describe(
    "What Claude Code may keep beside the turns of one agent",
  ),
  MAX_SESSION_NOTE_BYTES: count(65_536, 1_000_000).describe("Largest of them"),
} as const;
