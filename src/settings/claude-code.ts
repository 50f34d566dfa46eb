import { text } from "./shapes.ts";

/** The second harness: a program of its own, brought by whoever runs the host. */
export const claudeCode = {
  CLAUDE_CODE_PATH: text
    .optional()
    .describe("Program of Claude Code; looked for in DATA_DIR/tools, then on PATH, without it"),
} as const;
