import { editFile } from "./local-tools/edit-file.ts";
import type { LocalTool } from "./local-tools/local-tool.ts";
import { readFile } from "./local-tools/read-file.ts";
import { search } from "./local-tools/search.ts";
import { shell } from "./local-tools/shell.ts";
import { writeFile } from "./local-tools/write-file.ts";

export const LOCAL_TOOLS: readonly LocalTool[] = [shell, readFile, writeFile, editFile, search];
