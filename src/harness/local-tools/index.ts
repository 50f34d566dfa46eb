import { editFile } from "./edit-file.ts";
import type { LocalTool } from "./local-tool.ts";
import { readFile } from "./read-file.ts";
import { search } from "./search.ts";
import { shell } from "./shell.ts";
import { writeFile } from "./write-file.ts";

export const LOCAL_TOOLS: readonly LocalTool[] = [shell, readFile, writeFile, editFile, search];
