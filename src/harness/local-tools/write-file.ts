import { mkdir, writeFile as write } from "node:fs/promises";
import path from "node:path";
import { readInput } from "./input.ts";
import type { LocalTool } from "./local-tool.ts";
import { workPath } from "./work-path.ts";

export const writeFile: LocalTool = {
  name: "write_file",
  summary: "Write a whole file of your work tree; folders are made, what was there is replaced.",
  inputSchema: {
    type: "object",
    properties: {
      path: { type: "string", description: "In the work tree, relative or absolute." },
      content: { type: "string", description: "The whole content." },
    },
    required: ["path", "content"],
  },
  run: async (input, { worktree }) => {
    const read = readInput(input);
    const name = read.text("path");
    const content = read.text("content");
    const file = await workPath(worktree, name);
    await mkdir(path.dirname(file), { recursive: true });
    await write(file, content);
    return { content: `wrote ${Buffer.byteLength(content)} bytes to ${name}`, isError: false };
  },
};
