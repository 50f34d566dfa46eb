import { writeFile } from "node:fs/promises";
import { readInput } from "./input.ts";
import { type LocalTool, ToolFailure } from "./local-tool.ts";
import { readTextFile } from "./text-file.ts";
import { workPath } from "./work-path.ts";

export const editFile: LocalTool = {
  name: "edit_file",
  summary:
    "Replace a piece of text in a file of your work tree. The old text must be there exactly " +
    "once, white space included; with `all`, every place is changed.",
  inputSchema: {
    type: "object",
    properties: {
      path: { type: "string", description: "In the work tree, relative or absolute." },
      old: { type: "string", description: "The text that is there." },
      new: { type: "string", description: "The text that takes its place." },
      all: { type: "boolean", description: "Change every place. Default false." },
    },
    required: ["path", "old", "new"],
  },
  run: async (input, { worktree }) => {
    const read = readInput(input);
    const name = read.text("path");
    const before = read.text("old");
    const after = read.text("new");
    if (before === "") throw new ToolFailure('"old" is empty; use write_file for a new file');
    const file = await workPath(worktree, name);
    const text = await readTextFile(file, name);
    const pieces = text.split(before);
    const places = pieces.length - 1;
    if (places === 0) throw new ToolFailure(`${name} does not hold the old text; read it again`);
    if (places > 1 && !read.flag("all")) {
      throw new ToolFailure(`${name} holds the old text ${places} times; give more of it, or all`);
    }
    await writeFile(file, pieces.join(after));
    return { content: `changed ${places} ${places === 1 ? "place" : "places"}`, isError: false };
  },
};
