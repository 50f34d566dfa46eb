import { readFile, stat } from "node:fs/promises";
import { ToolFailure } from "./local-tool.ts";

const LARGEST_FILE_BYTES = 8 * 1024 * 1024;

/** @throws {ToolFailure} when it is missing, no regular file, too large or not text */
export async function readTextFile(file: string, name: string): Promise<string> {
  const stats = await stat(file).catch(() => null);
  if (stats === null) throw new ToolFailure(`${name} does not exist`);
  if (!stats.isFile()) throw new ToolFailure(`${name} is no regular file`);
  if (stats.size > LARGEST_FILE_BYTES) {
    throw new ToolFailure(
      `${name} has ${stats.size} bytes; at most ${LARGEST_FILE_BYTES} are read`,
    );
  }
  const bytes = await readFile(file);
  if (bytes.includes(0)) throw new ToolFailure(`${name} is a binary file of ${stats.size} bytes`);
  return bytes.toString("utf8");
}
