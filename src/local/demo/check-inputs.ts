import { spawnSync } from "node:child_process";
import { readFileSync } from "node:fs";
import { parseScript } from "../model/parse-script.ts";
import { type DemoOptions, UsageError } from "./options.ts";
import { usesRealModel } from "./services.ts";

/** GitHub's own limit of a title. */
const longestTitle = 256;

export type EpicText = { readonly title: string; readonly body: string };

/** The first line is the title, the rest the body. @throws {UsageError} when either says nothing */
export function readEpic(file: string): EpicText {
  const [first = "", ...rest] = readText(file, "--epic").split("\n");
  const title = first.replace(/^#+\s*/, "").trim();
  const body = rest.join("\n").trim();
  if (title === "")
    throw new UsageError(`--epic ${file}: the first line is the title, and it is empty`);
  if (title.length > longestTitle)
    throw new UsageError(`--epic ${file}: the title is longer than ${longestTitle} characters`);
  if (body === "")
    throw new UsageError(`--epic ${file}: below its title it says nothing; describe what to build`);
  return { title, body };
}

/** Mistakes in what the person brought are found before anything is started. */
export function checkInputs(options: DemoOptions): void {
  readEpic(options.epic);
  if (options.repo !== null) requireRepository(options.repo);
  if (usesRealModel()) return;
  try {
    parseScript(readText(options.script, "--script"), options.script);
  } catch (error) {
    if (error instanceof UsageError) throw error;
    throw new UsageError(error instanceof Error ? error.message : String(error));
  }
}

function requireRepository(folder: string): void {
  const argv = ["-C", folder, "rev-parse", "--quiet", "--verify", "HEAD^{commit}"];
  if (spawnSync("git", argv, { stdio: "ignore" }).status !== 0)
    throw new UsageError(`--repo ${folder}: is no git repository with commits on a branch`);
}

function readText(file: string, option: string): string {
  const text = readBytes(file, option).toString("utf8");
  if (text.includes("\u0000") || text.includes("\uFFFD"))
    throw new UsageError(`${option} ${file}: is not a text file`);
  return text;
}

function readBytes(file: string, option: string): Buffer {
  try {
    return readFileSync(file);
  } catch (error) {
    const reason = error instanceof Error ? error.message : String(error);
    throw new UsageError(`${option} ${file}: cannot be read (${reason})`);
  }
}
